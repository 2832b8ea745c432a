/* What the plan is made of: zones, facilities in clusters, their labels, overlays of findings and changes, the pick. */
(function () {
  'use strict';
  var GP = window.GeoplanMap;
  var MANY = 400; /* shapes from which they are drawn on a canvas: a mark of its own for each would be too slow */

  /* One sign per category, told apart by shape as well as by colour. Drawn in a box of 16 × 16. */
  var SIGNS = [
    'M3 13V6l5-3 5 3v7h-3V9H6v4Z', 'M8 2l6 11H2Z', 'M3 3h10v10H3Z', 'M8 2l6 6-6 6-6-6Z',
    'M8 2l1.8 4.2 4.5.4-3.4 3 1 4.4L8 11.7 4.1 14l1-4.4-3.4-3 4.5-.4Z', 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Z',
    'M6 2h4v4h4v4h-4v4H6v-4H2V6h4Z', 'M4 2h8l3 6-3 6H4L1 8Z', 'M2 5h12v2H2Zm0 4h12v2H2Z'
  ];

  function sign(place) {
    var ns = 'http://www.w3.org/2000/svg', svg = document.createElementNS(ns, 'svg');
    var path = document.createElementNS(ns, 'path');
    svg.setAttribute('viewBox', '0 0 16 16');
    svg.setAttribute('aria-hidden', 'true');
    path.setAttribute('d', SIGNS[place % SIGNS.length]);
    path.setAttribute('fill', '#FFFFFF');
    svg.appendChild(path);
    return svg;
  }

  GP.badge = function (properties) {
    var e = GP.element('span', 'gp-badge');
    e.style.background = properties.colour;
    e.appendChild(sign(properties.sign || 0));
    return e;
  };

  GP.parts.push(function (gp, map) {
    var group = L.layerGroup().addTo(map), zones = null, places = {}, clusters = null, lines = null, byZone = {};
    var overlays = L.layerGroup().addTo(map), marked = L.layerGroup().addTo(map), canvas = L.canvas({padding: 0.3});
    map.createPane('gp-lines').style.zIndex = 350;
    map.createPane('gp-over').style.zIndex = 450;
    map.createPane('gp-left').style.zIndex = 455;
    map.createPane('gp-right').style.zIndex = 460;
    map.createPane('gp-mark').style.zIndex = 470;
    map.getPane('gp-mark').style.pointerEvents = 'none';
    var renderers = {};

    function renderer(pane, many) {
      var name = pane + (many ? '-canvas' : '');
      return renderers[name] || (renderers[name] = (many ? L.canvas : L.svg)({pane: pane, padding: 0.3}));
    }

    function told(feature, layer) {
      if (!feature.properties.name) return;
      layer.bindTooltip(function () { return GP.element('span', '', feature.properties.name); }, {sticky: true});
    }

    /* Where a click only picks, the map shows it at once: the page's answer, a moment later, has the last word. */
    function choose(kind, id) {
      if (gp.state.marks && (kind === 'zone' || kind === 'facility')) markPick({pick: {kind: kind, id: id}});
      GP.tell({kind: kind, id: id});
    }

    function picks(kind, id) { return function (e) {
      if (gp.drawing || gp.measuring) return;
      if (e.originalEvent) L.DomEvent.stopPropagation(e);
      choose(kind, id);
    }; }

    /* A shape that can be reached and picked by keyboard. */
    function reachable(layer, kind, id, name) {
      layer.on('click', picks(kind, id));
      layer.on('add', function () {
        var e = layer.getElement && layer.getElement();
        if (!e) return;
        e.setAttribute('tabindex', '0');
        e.setAttribute('role', 'button');
        e.setAttribute('aria-label', name);
        e.addEventListener('keydown', function (event) {
          if (event.key !== 'Enter' && event.key !== ' ') return;
          event.preventDefault();
          choose(kind, id);
        });
      });
    }

    function drawZones(scene) {
      var many = scene.zones.features.length > MANY;
      byZone = {};
      zones = L.geoJSON(scene.zones, {
        renderer: many ? canvas : undefined,
        style: function (f) {
          return {color: scene.outline, weight: many ? 0.8 : 1.6, dashArray: f.properties.dashes,
            fillColor: f.properties.colour, fillOpacity: 0.42, className: 'gp-zone'};
        },
        onEachFeature: function (f, layer) {
          (byZone[f.properties.id] = byZone[f.properties.id] || []).push(f);
          told(f, layer);
          reachable(layer, 'zone', f.properties.id, f.properties.name);
        }
      });
      zones.on('mouseover', function (e) { e.layer.setStyle({fillOpacity: 0.6}); });
      zones.on('mouseout', function (e) { e.layer.setStyle({fillOpacity: 0.42}); });
      lines = L.geoJSON(scene.lines, {pane: 'gp-lines', interactive: false, style: function (f) {
        return {color: f.properties.colour, weight: f.properties.weight, dashArray: f.properties.dashes, fill: false,
          opacity: 0.9, className: 'gp-line'};
      }});
    }

    function drawPlaces(scene) {
      places = {};
      clusters = L.markerClusterGroup({maxClusterRadius: 34, showCoverageOnHover: false, animate: !GP.still(),
        spiderfyOnMaxZoom: true, chunkedLoading: true, iconCreateFunction: function (cluster) {
          var n = cluster.getChildCount(), e = GP.element('span', 'gp-cluster', String(n));
          GP.title(e, n + ' ' + gp.say('places'));
          return L.divIcon({className: 'gp-anchor', html: e, iconSize: [30, 30]});
        }});
      scene.places.features.forEach(function (f) {
        var at = [f.geometry.coordinates[1], f.geometry.coordinates[0]];
        var marker = L.marker(at, {title: '', alt: f.properties.name, keyboard: true, riseOnHover: true,
          icon: L.divIcon({className: 'gp-place', html: GP.badge(f.properties), iconSize: [22, 22]})});
        marker.feature = f;
        marker.on('add', function () { marker.getElement().setAttribute('aria-label', f.properties.name); });
        told(f, marker);
        marker.on('click', picks('facility', f.properties.id));
        marker.on('keypress', function (e) {
          if (e.originalEvent.key === 'Enter') choose('facility', f.properties.id);
        });
        places[f.properties.id] = marker;
      });
    }

    function shownPlaces(state) {
      var only = state.shown ? new Set(state.shown) : null, hidden = new Set(state.hidden || []);
      return Object.keys(places).filter(function (id) {
        return (!only || only.has(id)) && !hidden.has(places[id].feature.properties.category);
      }).map(function (id) { return places[id]; });
    }

    var wanted = '';
    function compose(state, anew) {
      var off = new Set((state.without || []).concat(gp.off ? Array.from(gp.off) : []));
      [['lines', lines], ['zones', zones]].forEach(function (pair) {
        if (off.has(pair[0])) pair[1].remove(); else if (!group.hasLayer(pair[1]) || !map.hasLayer(pair[1])) {
          group.addLayer(pair[1]);
        }
        if (off.has(pair[0])) group.removeLayer(pair[1]);
      });
      var now = off.has('facilities') ? [] : shownPlaces(state), key = now.map(function (m) {
        return m.feature.properties.id;
      }).join('\n');
      var changed = key !== wanted;
      if (anew || changed) {
        wanted = key;
        clusters.clearLayers();
        clusters.addLayers(now);
      }
      if (!map.hasLayer(clusters)) map.addLayer(clusters);
      /* A filter that leaves only what lies outside the view would look as if it left nothing. */
      if (!anew && state.shown && changed) bring(L.latLngBounds(now.map(function (m) { return m.getLatLng(); })));
    }

    function bring(bounds) {
      if (bounds.isValid() && !map.getBounds().intersects(bounds)) {
        gp.show([[bounds.getSouth(), bounds.getWest()], [bounds.getNorth(), bounds.getEast()]]);
      }
    }

    /* ---------------------------------------------------------------- overlays */

    function drawOverlay(overlay, state) {
      var sides = state.compare || {}, many = overlay.features.length > MANY, side = '';
      if ((sides.left || []).indexOf(overlay.id) >= 0) side = 'gp-left';
      if ((sides.right || []).indexOf(overlay.id) >= 0) side = 'gp-right';
      var pane = side || 'gp-over', layer = L.geoJSON({type: 'FeatureCollection', features: overlay.features}, {
        style: function (f) {
          return Object.assign({renderer: renderer(pane, many), className: 'gp-over gp-' + f.properties.role},
            overlay.styles[f.properties.role]);
        },
        pointToLayer: function (f, at) {
          return L.circleMarker(at, Object.assign({radius: 7, pane: pane, renderer: renderer(pane, many)},
            overlay.styles[f.properties.role]));
        },
        onEachFeature: function (f, shape) {
          told(f, shape);
          if (f.properties.kind) reachable(shape, f.properties.kind, f.properties.id, f.properties.name || '');
        }
      });
      layer.overlayId = overlay.id;
      return layer;
    }

    var drawn = [];
    function drawOverlays(list, state) {
      var key = JSON.stringify(state.compare || null);
      if (list.length === drawn.length && list.every(function (o, i) { return o === drawn[i]; }) && key === drawn.key) {
        return;
      }
      drawn = list.slice();
      drawn.key = key;
      overlays.clearLayers();
      list.forEach(function (overlay) { overlays.addLayer(drawOverlay(overlay, state)); });
      if (gp.scene && list.length && state.turn === undefined) {
        bring(L.featureGroup(overlays.getLayers()).getBounds());
      }
      gp.overlayList = list;
      gp.each('overlaid', list);
    }

    gp.toggle = function (name, on) {
      gp.off = gp.off || new Set();
      if (on) gp.off.delete(name); else gp.off.add(name);
      overlays.eachLayer(function (layer) {
        if (layer.overlayId !== name) return;
        layer.eachLayer(function (one) {
          var e = one.getElement && one.getElement();
          if (e) e.style.display = on ? '' : 'none'; else if (one.setStyle) one.setStyle({opacity: on ? 1 : 0});
        });
      });
      compose(gp.state, false);
      gp.each('settle');
    };

    /* How wide a zone is on the screen, in pixels; 0 for one too small to be told by a name. */
    gp.roomy = function (id) {
      return (byZone[id] || []).reduce(function (most, f) {
        var box = f.box || (f.box = L.geoJSON(f).getBounds()), a = map.latLngToContainerPoint(box.getNorthWest());
        var b = map.latLngToContainerPoint(box.getSouthEast()), wide = b.x - a.x;
        return wide > 18 && b.y - a.y > 12 ? Math.max(most, wide) : most;
      }, 0);
    };

    gp.visiblePlace = function (id) {
      var marker = places[id];
      return Boolean(marker && clusters.hasLayer(marker) && clusters.getVisibleParent(marker) === marker);
    };

    /* ---------------------------------------------------------------- the pick */

    function markPick(state) {
      var scene = gp.scene, pick = state.pick, quiet = {interactive: false, fill: false, pane: 'gp-mark'};
      marked.clearLayers();
      if (!pick) return;
      (pick.kind === 'zone' ? byZone[pick.id] || [] : []).forEach(function (f) {
        L.geoJSON(f, Object.assign({style: {color: '#FFFFFF', weight: 6, opacity: 0.9, fill: false}}, quiet))
          .addTo(marked);
        L.geoJSON(f, Object.assign({style: {color: scene.ink, weight: 3, fill: false, dashArray: f.properties.dashes,
          className: 'gp-picked'}}, quiet)).addTo(marked);
      });
      function circle(at, radius) {
        if (radius) L.circle(at, {radius: radius, color: scene.ink, weight: 1.2, dashArray: '3 4', fillColor: scene.ink,
          fillOpacity: 0.06, interactive: false, pane: 'gp-mark', className: 'gp-accuracy'}).addTo(marked);
      }
      var zone = pick.kind === 'zone' && (byZone[pick.id] || [])[0];
      if (zone && zone.properties.accuracy) circle(zone.properties.at, zone.properties.accuracy);
      var place = pick.kind === 'facility' && places[pick.id];
      if (!place) return;
      var at = place.getLatLng();
      circle(at, place.feature.properties.accuracy);
      L.circleMarker(at, {radius: 14, color: scene.ink, weight: 3, fill: false, interactive: false, pane: 'gp-mark',
        className: 'gp-picked'}).addTo(marked);
    }

    return {
      scene: function (scene) {
        if (zones) { group.clearLayers(); zones.remove(); lines.remove(); }
        if (clusters) clusters.remove();
        drawZones(scene);
        drawPlaces(scene);
      },
      overlays: drawOverlays,
      state: function (state, anew) { compose(state, anew); markPick(state); }
    };
  });
})();
