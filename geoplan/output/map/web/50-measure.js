/* Measuring on the map: lengths of shortest lines on the ellipsoid of CGCS2000, areas on its authalic sphere. */
(function () {
  'use strict';
  var GP = window.GeoplanMap, A = 6378137.0, F = 1 / 298.257222101, B = A * (1 - F), RAD = Math.PI / 180;

  /* T. Vincenty, "Direct and inverse solutions of geodesics on the ellipsoid", Survey Review 176 (1975). */
  GP.distance = function (p, q) {
    var l = (q.lng - p.lng) * RAD, u1 = Math.atan((1 - F) * Math.tan(p.lat * RAD));
    var u2 = Math.atan((1 - F) * Math.tan(q.lat * RAD)), s1 = Math.sin(u1), c1 = Math.cos(u1), s2 = Math.sin(u2);
    var c2 = Math.cos(u2), lambda = l, i, before, sinS, cosS, sigma, sinA, cos2A, cosM, c;
    for (i = 0; i < 100; i++) {
      var x = c2 * Math.sin(lambda), y = c1 * s2 - s1 * c2 * Math.cos(lambda);
      sinS = Math.sqrt(x * x + y * y);
      if (!sinS) return 0;
      cosS = s1 * s2 + c1 * c2 * Math.cos(lambda);
      sigma = Math.atan2(sinS, cosS);
      sinA = c1 * c2 * Math.sin(lambda) / sinS;
      cos2A = 1 - sinA * sinA;
      cosM = cos2A ? cosS - 2 * s1 * s2 / cos2A : 0;
      c = F / 16 * cos2A * (4 + F * (4 - 3 * cos2A));
      before = lambda;
      lambda = l + (1 - c) * F * sinA * (sigma + c * sinS * (cosM + c * cosS * (2 * cosM * cosM - 1)));
      if (Math.abs(lambda - before) < 1e-12) break;
    }
    var k = cos2A * (A * A - B * B) / (B * B), a = 1 + k / 16384 * (4096 + k * (-768 + k * (320 - 175 * k)));
    var b = k / 1024 * (256 + k * (-128 + k * (74 - 47 * k)));
    var d = b * sinS * (cosM + b / 4 * (cosS * (2 * cosM * cosM - 1) -
      b / 6 * cosM * (4 * sinS * sinS - 3) * (4 * cosM * cosM - 3)));
    return B * a * (sigma - d);
  };

  /* J. P. Snyder, "Map Projections: A Working Manual", USGS 1395 (1987), equations 3-11 to 3-13. */
  var E2 = F * (2 - F), E = Math.sqrt(E2);
  function q(lat) {
    var s = Math.sin(lat * RAD);
    return (1 - E2) * (s / (1 - E2 * s * s) - Math.log((1 - E * s) / (1 + E * s)) / (2 * E));
  }
  GP.area = function (ring) {
    var sum = 0;
    ring.forEach(function (p, i) {
      var next = ring[(i + 1) % ring.length];
      sum += (next.lng - p.lng) * RAD * (q(p.lat) + q(next.lat)) / 2;
    });
    return Math.abs(sum) * A * A / 2;
  };

  GP.metres = function (value) {
    return value < 1000 ? value.toFixed(1) + ' m' : (value / 1000).toFixed(3) + ' km';
  };
  GP.squares = function (value) {
    return value < 10000 ? value.toFixed(0) + ' m²' : value < 1e6 ? (value / 1e4).toFixed(3) + ' ha'
      : (value / 1e6).toFixed(4) + ' km²';
  };

  GP.parts.push(function (gp, map, box) {
    var points = [], drawn = L.layerGroup().addTo(map), output = GP.element('div', 'gp-measured gp-panel');
    output.setAttribute('role', 'status');
    output.hidden = true;
    box.appendChild(output);
    var tool = gp.addTool('gp-measure', 'measure', 'measure', function () { set(!gp.measuring); });
    tool.setAttribute('aria-pressed', 'false');

    function say(last) {
      var all = last ? points.concat([last]) : points, length = 0;
      all = all.map(gp.truly);
      for (var i = 1; i < all.length; i++) length += GP.distance(all[i - 1], all[i]);
      output.textContent = '';
      var words = all.length < 2 ? gp.say('measure_start') : gp.say('length') + ' ' + GP.metres(length) +
        (all.length > 2 ? ' · ' + gp.say('area') + ' ' + GP.squares(GP.area(all)) : '');
      output.appendChild(GP.element('b', '', words));
      output.appendChild(GP.element('span', '', gp.say('measure_how')));
    }

    function draw(last) {
      var all = last ? points.concat([last]) : points, look = {color: '#7A0177', weight: 2.5, dashArray: '6 4',
        interactive: false, pane: 'gp-mark'};
      drawn.clearLayers();
      if (all.length > 2) L.polygon(all, Object.assign({fillOpacity: 0.08}, look)).addTo(drawn);
      else if (all.length > 1) L.polyline(all, look).addTo(drawn);
      all.forEach(function (p) {
        L.circleMarker(p, {radius: 4, color: '#7A0177', weight: 2, fillColor: '#FFF', fillOpacity: 1,
          interactive: false, pane: 'gp-mark'}).addTo(drawn);
      });
      say(last);
    }

    function set(on) {
      if (on) gp.each('tool', 'measure');
      gp.measuring = on;
      points = [];
      drawn.clearLayers();
      output.hidden = !on;
      tool.setAttribute('aria-pressed', String(on));
      box.classList.toggle('gp-crosshair', on);
      map.doubleClickZoom[on ? 'disable' : 'enable']();
      if (on) say();
    }

    map.on('click', function (e) {
      if (!gp.measuring) return;
      if (points.done) points = [];
      points.push(e.latlng);
      draw();
    });
    map.on('mousemove', function (e) { if (gp.measuring && points.length && !points.done) draw(e.latlng); });
    map.on('dblclick', function () { if (gp.measuring) { points.done = true; draw(); } });
    document.addEventListener('keydown', function (e) {
      if (!gp.measuring) return;
      if (e.key === 'Escape') set(false);
      if (e.key === 'Enter' && points.length > 1) { points.done = true; draw(); }
      if (e.key === 'Backspace' && points.length) { points.pop(); draw(); }
    });
    return {
      scene: function () { if (gp.measuring) say(); },
      tool: function (name) { if (name !== 'measure' && gp.measuring) set(false); }
    };
  });
})();
