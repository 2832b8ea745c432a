/* Snapping: a corner near one of a zone beside becomes that very corner, so that the two share it exactly; one near
   an edge comes to lie on it. */
(function () {
  'use strict';
  var GP = window.GeoplanMap, REACH = 12; /* pixels */

  function rings(geometry) {
    return geometry.type === 'Polygon' ? geometry.coordinates : [].concat.apply([], geometry.coordinates);
  }

  function boxed(feature) {
    var box = [Infinity, Infinity, -Infinity, -Infinity], all = rings(feature.geometry);
    all.forEach(function (ring) {
      ring.forEach(function (c) {
        box[0] = Math.min(box[0], c[0]);
        box[1] = Math.min(box[1], c[1]);
        box[2] = Math.max(box[2], c[0]);
        box[3] = Math.max(box[3], c[1]);
      });
    });
    return {id: feature.properties.id, box: box, rings: all};
  }

  function along(p, a, b) {
    var x = b.x - a.x, y = b.y - a.y, square = x * x + y * y;
    var share = square ? Math.max(0, Math.min(1, ((p.x - a.x) * x + (p.y - a.y) * y) / square)) : 0;
    return L.point(a.x + share * x, a.y + share * y);
  }

  GP.parts.push(function (gp, map) {
    var held = [];

    /* The place `at` is drawn to: {at, coordinate: that of a corner or null, kind: 'corner', 'edge' or ''}. */
    gp.snapped = function (at, except) {
      var p = map.latLngToLayerPoint(at), corner = null, edge = null, near = REACH, beside = REACH;
      var low = map.layerPointToLatLng([p.x - REACH, p.y + REACH]);
      var high = map.layerPointToLatLng([p.x + REACH, p.y - REACH]);
      function point(c) { return map.latLngToLayerPoint([c[1], c[0]]); }

      held.forEach(function (zone) {
        var b = zone.box;
        if (zone.id === except || b[0] > high.lng || b[2] < low.lng || b[1] > high.lat || b[3] < low.lat) return;
        zone.rings.forEach(function (ring) {
          for (var i = 0; i + 1 < ring.length; i++) {
            var c = ring[i], d = ring[i + 1];
            if (Math.min(c[0], d[0]) > high.lng || Math.max(c[0], d[0]) < low.lng ||
              Math.min(c[1], d[1]) > high.lat || Math.max(c[1], d[1]) < low.lat) continue;
            var a = point(c), z = point(d), on = along(p, a, z);
            [[a, c], [z, d]].forEach(function (end) {
              if (p.distanceTo(end[0]) < near) { near = p.distanceTo(end[0]); corner = end[1]; }
            });
            if (p.distanceTo(on) < beside) { beside = p.distanceTo(on); edge = on; }
          }
        });
      });
      if (corner) return {at: L.latLng(corner[1], corner[0]), coordinate: corner, kind: 'corner'};
      if (edge) return {at: map.layerPointToLatLng(edge), coordinate: null, kind: 'edge'};
      return {at: at, coordinate: null, kind: ''};
    };

    return {scene: function (scene) { held = scene.zones.features.map(boxed); }};
  });
})();
