/* Where a place of the map truly is: over a basemap with the shift of a web map everything is drawn shifted, and
   whatever is read from the map (coordinates, lengths, areas, drawn outlines) has the shift undone.
   The public formulas, as in geoplan/offsets.py; the way back by fixed point. */
(function () {
  'use strict';
  var GP = window.GeoplanMap, A = 6378245.0, EE = 0.00669342162296594323, RAD = Math.PI / 180, K = 3000 * RAD;
  var WEST = 72.004, SOUTH = 0.8293, EAST = 137.8347, NORTH = 55.8271;

  function waves(angle, terms) {
    return terms.reduce(function (sum, t) { return sum + t[0] * Math.sin(t[1] * Math.PI * angle); }, 0) * 2 / 3;
  }

  function gcj02(p) {
    var x = p.lng - 105, y = p.lat - 35, common = waves(x, [[20, 6], [20, 2]]), root = Math.sqrt(Math.abs(x));
    var north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common +
      waves(y, [[20, 1], [40, 1 / 3], [160, 1 / 12], [320, 1 / 30]]);
    var east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common +
      waves(x, [[20, 1], [40, 1 / 3], [150, 1 / 12], [300, 1 / 30]]);
    var s = Math.sin(p.lat * RAD), m = 1 - EE * s * s;
    return {lng: p.lng + east / (A / Math.sqrt(m) * Math.cos(p.lat * RAD)) / RAD,
      lat: p.lat + north / (A * (1 - EE) / (m * Math.sqrt(m))) / RAD};
  }

  function bd09(p) {
    var g = gcj02(p), radius = Math.hypot(g.lng, g.lat) + 2e-5 * Math.sin(K * g.lat);
    var angle = Math.atan2(g.lat, g.lng) + 3e-6 * Math.cos(K * g.lng);
    return {lng: radius * Math.cos(angle) + 0.0065, lat: radius * Math.sin(angle) + 0.006};
  }

  var FORWARD = {gcj02: gcj02, bd09: bd09};

  function inside(p) { return p.lng >= WEST && p.lng <= EAST && p.lat >= SOUTH && p.lat <= NORTH; }

  GP.shift = function (offset, p) {
    var forward = FORWARD[offset];
    return forward && inside(p) ? forward(p) : {lng: p.lng, lat: p.lat};
  };

  GP.unshift = function (offset, p) {
    var forward = FORWARD[offset], at = {lng: p.lng, lat: p.lat}, i, ahead, x, y;
    if (!forward || !inside(p)) return at;
    for (i = 0; i < 30; i++) {
      ahead = forward(at);
      x = ahead.lng - p.lng;
      y = ahead.lat - p.lat;
      at = {lng: at.lng - x, lat: at.lat - y};
      if (Math.max(Math.abs(x), Math.abs(y)) < 1e-12) break;
    }
    return at;
  };

  GP.parts.push(function (gp) {
    /* From the map to the world, and back. */
    gp.truly = function (at) { return L.latLng(GP.unshift(gp.scene && gp.scene.offset, at)); };
    gp.drawnAt = function (at) { return L.latLng(GP.shift(gp.scene && gp.scene.offset, at)); };
    return null;
  });
})();
