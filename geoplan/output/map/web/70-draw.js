/* Drawing an outline and moving the corners of one; what comes of it is told to the page, which decides. */
(function () {
  'use strict';
  var GP = window.GeoplanMap, COLOUR = '#AA4499', CLOSE = 14, MOST = 300, DECIMALS = 8, PATIENCE = 4000;

  function whole(value) { return Number(value.toFixed(DECIMALS)); }

  GP.parts.push(function (gp, map, box) {
    var asked = null, mode = '', corners = [], shape = [], named, past = [], waiting = 0, hint = '', editing = '';
    var drawn = L.layerGroup().addTo(map), handles = L.layerGroup().addTo(map), pointer = L.layerGroup().addTo(map);
    var panel = GP.element('div', 'gp-drawing gp-panel'), say = GP.element('b'), figure = GP.element('span');
    var tools = {
      polygon: gp.addTool('gp-draw-polygon', 'polygon', 'draw_polygon', function () { begin('polygon'); }),
      rectangle: gp.addTool('gp-draw-rectangle', 'box', 'draw_rectangle', function () { begin('rectangle'); })
    };
    var buttons = [['done', 'done', finish], ['back', 'back', back], ['cancel', 'cancel', cancel]].map(function (one) {
      var e = GP.button('gp-draw-' + one[0], one[1], '', one[2]), text = GP.element('span');
      e.appendChild(text);
      return [e, 'draw_' + one[0], text];
    });
    say.setAttribute('role', 'status');
    panel.appendChild(say);
    panel.appendChild(figure);
    buttons.forEach(function (b) { panel.appendChild(b[0]); });
    panel.hidden = true;
    L.DomEvent.disableClickPropagation(panel);
    L.DomEvent.disableScrollPropagation(panel);
    box.appendChild(panel);

    /* A corner knows where it is drawn, and the coordinate it truly has: that of one nobody moved, and that of a
       neighbour's, stays to the digit. */
    function corner(at, coordinate) {
      var shifted = gp.scene.offset === 'gcj02' || gp.scene.offset === 'bd09', truly = gp.truly(at);
      return {at: at, own: coordinate && !shifted ? coordinate : [whole(truly.lng), whole(truly.lat)]};
    }

    function ownCorner(coordinate) {
      return {at: gp.drawnAt(L.latLng(coordinate[1], coordinate[0])), own: coordinate};
    }

    function placed(e) {
      if (e.originalEvent && e.originalEvent.altKey) return {at: e.latlng, coordinate: null, kind: ''};
      return gp.snapped(e.latlng, named);
    }

    /* ---------------------------------------------------------------- showing */

    function look(more) {
      return Object.assign({color: COLOUR, weight: 2.5, fillColor: COLOUR, fillOpacity: 0.12, interactive: false,
        pane: 'gp-mark'}, more);
    }

    function places(list) { return list.map(function (c) { return c.at; }); }

    function measured() {
      var rings = mode === 'edit' ? [].concat.apply([], shape.map(function (polygon) {
        return polygon.map(function (ring, i) { return [ring, i ? -1 : 1]; });
      })) : [[corners, 1]], area = 0;
      rings.forEach(function (one) { if (one[0].length > 2) area += one[1] * GP.area(places(one[0]).map(gp.truly)); });
      return area;
    }

    function tell() {
      say.textContent = gp.say(hint);
      var area = measured();
      figure.textContent = area ? gp.say('area') + ' ' + GP.squares(area) : gp.say('draw_snap');
    }

    function show(next) {
      drawn.clearLayers();
      if (mode === 'edit' || mode === 'told') {
        shape.forEach(function (polygon) {
          L.polygon(polygon.map(places), look({className: 'gp-outline'})).addTo(drawn);
        });
      } else {
        var all = places(corners).concat(next ? [next] : []);
        if (mode === 'rectangle' && all.length > 1) L.rectangle([all[0], all[1]], look({})).addTo(drawn);
        else if (all.length > 2) L.polygon(all, look({dashArray: '6 4'})).addTo(drawn);
        else if (all.length > 1) L.polyline(all, look({dashArray: '6 4'})).addTo(drawn);
        corners.forEach(function (c, i) {
          L.circleMarker(c.at, look({radius: i ? 4 : 6, weight: 2, fillColor: '#FFF', fillOpacity: 1})).addTo(drawn);
        });
      }
      tell();
    }

    function point(to) {
      pointer.clearLayers();
      if (to.kind) L.circleMarker(to.at, look({radius: 8, fill: false, className: 'gp-snap'})).addTo(pointer);
    }

    function set(now, words) {
      mode = now;
      hint = words || '';
      gp.drawing = Boolean(now);
      panel.hidden = !now;
      box.classList.toggle('gp-drawing-on', gp.drawing);
      box.classList.toggle('gp-crosshair', now === 'polygon' || now === 'rectangle');
      map.doubleClickZoom[now ? 'disable' : 'enable']();
      Object.keys(tools).forEach(function (name) { tools[name].setAttribute('aria-pressed', String(mode === name)); });
      if (now !== 'edit') handles.clearLayers();
      pointer.clearLayers();
      show();
    }

    /* ---------------------------------------------------------------- drawing */

    function begin(tool) {
      if (mode === tool) { stop(); return; }
      gp.each('tool', 'draw');
      corners = [];
      shape = [];
      named = undefined;
      set(tool, 'draw_start');
      box.focus();
    }

    function stop() {
      clearTimeout(waiting);
      corners = [];
      shape = [];
      past = [];
      set('');
      editing = '';
      if (asked && asked.edit) edit(asked.edit);
    }

    map.on('click', function (e) {
      if (mode === 'polygon' || mode === 'rectangle') add(placed(e));
    });
    map.on('dblclick', function () { if (mode === 'polygon') finish(); });
    map.on('mousemove', function (e) {
      if (mode !== 'polygon' && mode !== 'rectangle') return;
      var to = placed(e);
      point(to);
      show(to.at);
    });

    function add(to) {
      var p = map.latLngToContainerPoint(to.at), last = corners[corners.length - 1];
      function far(c) { return map.latLngToContainerPoint(c.at).distanceTo(p); }
      if (last && far(last) < 3) return;
      if (mode === 'polygon' && corners.length > 2 && far(corners[0]) < CLOSE) { finish(); return; }
      corners.push(corner(to.at, to.coordinate));
      hint = 'draw_finish';
      if (mode === 'rectangle' && corners.length === 2) { square(); finish(); return; }
      show();
    }

    /* Edges along the graticule, as they are drawn. */
    function square() {
      var a = corners[0], c = corners[1];
      corners = [a, corner(L.latLng(a.at.lat, c.at.lng)), c, corner(L.latLng(c.at.lat, a.at.lng))];
    }

    function finish() {
      if (mode === 'polygon' && corners.length < 3) return;
      if (mode === 'polygon' || mode === 'rectangle') {
        if (corners.length < 3) return;
        shape = [[corners]];
        corners = [];
      }
      if (!shape.length) return;
      var metre = map.containerPointToLatLng([0, 0]), right = map.containerPointToLatLng([100, 0]);
      var properties = {zoom: map.getZoom(), pixel_m: GP.distance(gp.truly(metre), gp.truly(right)) / 100};
      if (named !== undefined) properties.id = named;
      set('told', 'draw_told');
      GP.tell({kind: 'drawn', features: [{type: 'Feature', properties: properties, geometry: geometry()}]});
      /* A page that takes the outline says so soon; one it refuses can be mended. */
      clearTimeout(waiting);
      waiting = setTimeout(function () { if (mode === 'told') mend(); }, PATIENCE);
    }

    function geometry() {
      var polygons = shape.map(function (polygon) {
        return polygon.map(function (ring) {
          var all = ring.map(function (c) { return [c.own[0], c.own[1]]; });
          return all.concat([all[0]]);
        });
      });
      return polygons.length === 1 ? {type: 'Polygon', coordinates: polygons[0]}
        : {type: 'MultiPolygon', coordinates: polygons};
    }

    /* ---------------------------------------------------------------- moving corners */

    function edit(feature) {
      var g = feature.geometry, polygons = g.type === 'Polygon' ? [g.coordinates] : g.coordinates;
      named = feature.properties && feature.properties.id;
      editing = JSON.stringify(feature);
      shape = polygons.map(function (polygon) {
        return polygon.map(function (ring) { return ring.slice(0, -1).map(ownCorner); });
      });
      mend();
    }

    function mend() {
      past = [];
      gp.each('tool', 'draw');
      set('edit', 'draw_edit');
      grips();
    }

    function keep() {
      past.push(shape.map(function (polygon) { return polygon.map(function (ring) { return ring.slice(); }); }));
    }

    function grips() {
      handles.clearLayers();
      if (mode !== 'edit') return;
      var view = map.getBounds().pad(0.02), wanted = [], total = 0;
      shape.forEach(function (polygon) {
        polygon.forEach(function (ring) {
          ring.forEach(function (c, i) {
            total += 1;
            if (view.contains(c.at)) wanted.push([ring, i]);
          });
        });
      });
      hint = wanted.length > MOST ? 'draw_zoom' : 'draw_edit';
      tell();
      if (wanted.length > MOST) return;
      wanted.forEach(function (one, place) { grip(one[0], one[1], place + 1, total); });
    }

    function middle(a, b) {
      var p = map.latLngToLayerPoint(a), q = map.latLngToLayerPoint(b);
      return p.distanceTo(q) < 30 ? null : map.layerPointToLatLng(p.add(q).divideBy(2));
    }

    function handle(at, name, title) {
      var marker = L.marker(at, {draggable: true, keyboard: name === 'gp-corner', title: title, alt: title,
        zIndexOffset: 2000, icon: L.divIcon({className: name, iconSize: name === 'gp-corner' ? [14, 14] : [10, 10]})});
      return marker.addTo(handles);
    }

    function grip(ring, i, place, total) {
      var marker = handle(ring[i].at, 'gp-corner', gp.say('draw_corner') + ' ' + place + ' / ' + total);
      draggable(marker, ring, function () { return i; });
      marker.on('click', function (e) { if (e.originalEvent.altKey) remove(ring, i); });
      marker.on('keydown', function (e) { nudge(e.originalEvent, ring, i, place); });
      var between = middle(ring[i].at, ring[(i + 1) % ring.length].at);
      if (!between) return;
      var faint = handle(between, 'gp-corner-faint', gp.say('draw_add'));
      draggable(faint, ring, function (at) {
        ring.splice(i + 1, 0, corner(at));
        return i + 1;
      });
    }

    function draggable(marker, ring, index) {
      var at = -1, to = null;
      marker.on('dragstart', function () {
        keep();
        at = index(marker.getLatLng());
      });
      marker.on('drag', function (e) {
        to = placed({latlng: marker.getLatLng(), originalEvent: e.originalEvent});
        ring[at] = corner(to.at, to.coordinate);
        point(to);
        show();
      });
      marker.on('dragend', function () {
        pointer.clearLayers();
        show();
        grips();
      });
    }

    function remove(ring, i) {
      if (ring.length < 4) return;
      keep();
      ring.splice(i, 1);
      show();
      grips();
    }

    function nudge(e, ring, i, place) {
      var steps = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}, step = steps[e.key];
      if (e.key === 'Delete' || e.key === 'Backspace') remove(ring, i);
      else if (step) {
        var p = map.latLngToLayerPoint(ring[i].at), far = e.shiftKey ? 10 : 1;
        keep();
        ring[i] = corner(map.layerPointToLatLng(p.add([step[0] * far, step[1] * far])));
        show();
        grips();
      } else return;
      L.DomEvent.stop(e);
      var again = box.querySelectorAll('.gp-corner')[place - 1];
      if (again) again.focus();
    }

    function back() {
      if (mode === 'edit' && past.length) { shape = past.pop(); show(); grips(); }
      else if (corners.length) { corners.pop(); show(); }
    }

    function cancel() { stop(); }

    document.addEventListener('keydown', function (e) {
      if (!mode || mode === 'told') return;
      if (e.key === 'Escape') cancel();
      else if (e.key === 'Enter' && !(e.target.tagName === 'BUTTON')) finish();
      else if (e.key === 'Backspace' && mode !== 'edit') back();
      else if (e.key === 'z' && (e.ctrlKey || e.metaKey)) back();
      else if (e.key === ' ' && (mode === 'polygon' || mode === 'rectangle') && e.target === box) {
        e.preventDefault();
        add(gp.snapped(map.getCenter(), named)); /* without a mouse: the arrows move the map, space sets a corner */
      }
    });

    function take(state) {
      var before = asked, known = (asked || {}).turn;
      asked = state.draw || null;
      ['polygon', 'rectangle'].forEach(function (name) {
        tools[name].hidden = !asked || Boolean(asked.edit) || (asked.tools || []).indexOf(name) < 0;
      });
      buttons.forEach(function (b) { b[2].textContent = gp.say(b[1]); GP.title(b[0], gp.say(b[1])); });
      var wanted = asked && asked.edit ? JSON.stringify(asked.edit) : '';
      if (!asked || (before && asked.turn !== known) || wanted !== editing) stop();
      else tell();
    }

    return {
      state: take,
      tool: function (name) { if (name !== 'draw' && mode && mode !== 'edit') stop(); },
      settle: function () { if (mode === 'edit') grips(); }
    };
  });
})();
