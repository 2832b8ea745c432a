/* North, zoom, the way home, full screen, scale, coordinates under the pointer, legend, notices, sources. */
(function () {
  'use strict';
  var GP = window.GeoplanMap;

  function northArrow() {
    var ns = 'http://www.w3.org/2000/svg', svg = document.createElementNS(ns, 'svg'), e = GP.element('div', 'gp-north');
    svg.setAttribute('viewBox', '0 0 24 34');
    svg.setAttribute('width', '24');
    svg.setAttribute('height', '34');
    svg.setAttribute('aria-hidden', 'true');
    [['M12 2 L19 25 L12 20 Z', '#1B2733', ''], ['M12 2 L5 25 L12 20 Z', '#FFF', '#1B2733']].forEach(function (half) {
      var path = document.createElementNS(ns, 'path');
      path.setAttribute('d', half[0]);
      path.setAttribute('fill', half[1]);
      if (half[2]) path.setAttribute('stroke', half[2]);
      svg.appendChild(path);
    });
    var letter = document.createElementNS(ns, 'text');
    [['x', '12'], ['y', '33'], ['text-anchor', 'middle'], ['font-size', '9'], ['font-weight', '700'],
      ['fill', '#1B2733']].forEach(function (pair) { letter.setAttribute(pair[0], pair[1]); });
    letter.textContent = 'N';
    svg.appendChild(letter);
    e.appendChild(svg);
    return e;
  }

  GP.parts.push(function (gp, map, box) {
    var north = northArrow(), named = [];
    GP.corner(map, 'topright', north);
    named.push([north, 'north']);

    var zoom = L.control.zoom({position: 'topright'}).addTo(map);
    named.push([zoom._zoomInButton, 'zoom_in'], [zoom._zoomOutButton, 'zoom_out']);

    gp.tools = GP.element('div', 'gp-tools');
    GP.corner(map, 'topright', gp.tools);
    gp.addTool = function (name, sign, text, act) {
      var e = GP.button(name, sign, text, act);
      gp.tools.appendChild(e);
      named.push([e, text]);
      return e;
    };
    gp.addTool('gp-home', 'home', 'home', function () { gp.home(); });

    /* Full screen: asked of the browser; a frame that may not is stretched over its page instead. */
    var full = gp.addTool('gp-full', 'full', 'full_screen', function () {
      var frame = null;
      try { frame = window.frameElement; } catch (error) { frame = null; }
      if (frame) {
        var on = frame.classList.toggle('gp-frame-full');
        full.setAttribute('aria-pressed', String(on));
        setTimeout(function () { map.invalidateSize(); }, 60);
      } else if (document.fullscreenElement) document.exitFullscreen();
      else if (box.requestFullscreen) box.requestFullscreen();
    });
    document.addEventListener('keydown', function (e) {
      if (e.key === 'Escape' && full.getAttribute('aria-pressed') === 'true') full.click();
    });

    L.control.scale({imperial: false, position: 'bottomleft', maxWidth: 120}).addTo(map);
    var pointer = GP.element('output', 'gp-pointer');
    pointer.setAttribute('aria-live', 'off');
    GP.corner(map, 'bottomleft', pointer);
    function coordinate(value, positive, negative) {
      return Math.abs(value).toFixed(5) + '° ' + (value < 0 ? negative : positive);
    }
    map.on('mousemove', function (e) {
      var at = gp.truly ? gp.truly(e.latlng.wrap()) : e.latlng.wrap();
      pointer.textContent = coordinate(at.lng, 'E', 'W') + ', ' + coordinate(at.lat, 'N', 'S');
    });
    map.on('mouseout', function () { pointer.textContent = ''; });

    map.attributionControl.setPrefix(false);
    var source = GP.element('span', 'gp-source');
    map.attributionControl.getContainer().appendChild(source);
    var notices = GP.element('div', 'gp-notices');
    box.appendChild(notices);

    function furnish(scene) {
      named.forEach(function (pair) { GP.title(pair[0], scene.texts[pair[1]]); });
      source.textContent = scene.attribution;
    }

    function tell(state) {
      notices.textContent = '';
      gp.scene.notices.concat(state.notices || []).forEach(function (notice) {
        notices.appendChild(GP.element('div', 'gp-notice gp-notice-' + notice.kind, notice.text));
      });
      if (state.basemap && state.basemap.attribution) {
        source.textContent = gp.scene.attribution + ' · ' + state.basemap.attribution;
      } else source.textContent = gp.scene.attribution;
    }

    return {scene: furnish, state: tell};
  });

  /* The legend is the layer control as well: every part of the map has its row, and a box to hide it. */
  GP.parts.push(function (gp, map, box) {
    var panel = GP.element('details', 'gp-legend gp-panel'), head = GP.element('summary', ''), list = GP.element('ul');
    panel.appendChild(head);
    panel.appendChild(list);
    var control = GP.corner(map, 'bottomright', panel), overlays = [];

    function toggle(name, text) {
      var row = GP.element('li', 'gp-head'), label = GP.element('label'), tick = GP.element('input');
      tick.type = 'checkbox';
      tick.checked = !(gp.off && gp.off.has(name));
      tick.onchange = function () { gp.toggle(name, tick.checked); };
      label.appendChild(tick);
      label.appendChild(GP.element('span', '', text));
      row.appendChild(label);
      list.appendChild(row);
    }

    function swatch(row) {
      var e = GP.element('i', row.shape ? 'gp-' + row.shape : '');
      if (row.shape === 'sign') return GP.badge(row);
      if (row.fill) e.style.background = row.fill;
      if (row.line) e.style.border = row.line;
      return e;
    }

    function fill(rows) {
      rows.forEach(function (row) {
        if (row.toggles) return toggle(row.toggles, row.text);
        var e = GP.element('li');
        e.appendChild(swatch(row));
        e.appendChild(GP.element('span', '', row.text));
        list.appendChild(e);
      });
    }

    function write() {
      if (!gp.scene) return;
      head.textContent = gp.say('legend');
      list.textContent = '';
      fill(gp.scene.legend);
      overlays.forEach(function (overlay) {
        if (!overlay.label) return;
        toggle(overlay.id, overlay.label);
        fill(overlay.legend || []);
      });
      toggle('labels', gp.say('labels'));
    }

    /* The ground of the map it covers when it is open in a corner, in pixels. */
    function ground(position) {
      var size = map.getSize(), was = panel.open, margin = box.classList.contains('gp-room-above') ? 64 : 34;
      var wide, high, left, top;
      panel.open = true;
      wide = panel.offsetWidth + margin;
      high = panel.offsetHeight + margin;
      panel.open = was;
      left = position.indexOf('right') < 0 ? 0 : size.x - wide;
      top = position.indexOf('top') < 0 ? size.y - high : 0;
      return L.bounds([left, top], [left + wide, top + high]);
    }

    function rings(latlngs) {
      return latlngs.length && Array.isArray(latlngs[0]) ? [].concat.apply([], latlngs.map(rings)) : [latlngs];
    }

    function covers(here, layer) {
      if (layer.getLatLng) return here.contains(map.latLngToContainerPoint(layer.getLatLng()));
      var b = layer.getBounds();
      if (!b.isValid() || !here.intersects(L.bounds(map.latLngToContainerPoint(b.getNorthWest()),
        map.latLngToContainerPoint(b.getSouthEast())))) return false;
      return rings(layer.getLatLngs()).some(function (ring) {
        var points = ring.map(function (at) { return map.latLngToContainerPoint(at); });
        return L.PolyUtil.clipPolygon(points, here).length > 0;
      });
    }

    /* Where it hides least. */
    function hidden(position) {
      var here = ground(position), n = 0;
      map.eachLayer(function (l) {
        if (l.feature && (l.getLatLng || l.getLatLngs) && covers(here, l)) n++;
      });
      return n;
    }

    var placed = '';
    function place() {
      if (placed === gp.scene.plan) return;
      placed = gp.scene.plan;
      var wide = map.getSize().x > 620;  /* a narrow map has its notices at the top */
      var corners = wide ? ['bottomright', 'topleft', 'bottomleft'] : ['bottomright'];
      var covered = corners.map(hidden), least = Math.min.apply(null, covered);
      control.setPosition(corners[covered.indexOf(least)]);
      panel.open = wide && least === 0;  /* else it would hide part of the plan wherever it stood */
    }

    /* A legend nobody opened gives way when the page moves the map under it, and to the bar that compares. */
    var opened = false;
    head.addEventListener('click', function () { opened = !panel.open; });
    function giveWay() {
      if (!panel.open || opened || gp.moved) return;
      if (gp.state.compare || hidden(control.getPosition()) > 0) panel.open = false;
    }

    return {
      scene: write,
      /* The tools to draw reach down to where the legend would lie. */
      state: function (state) {
        if (state.draw && control.getPosition() === 'bottomright') control.setPosition('bottomleft');
      },
      overlaid: function (list) { overlays = list; write(); },
      settle: function () {
        if (!gp.scene || !gp.view) return;
        place();
        giveWay();
      }
    };
  });
})();
