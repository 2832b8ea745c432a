/* Two maps of one page that move together: where a person goes on one, the other follows. */
(function () {
  'use strict';
  var GP = window.GeoplanMap;
  var MOMENT = 3000; /* milliseconds a map goes on moving after a person let go of it */

  GP.parts.push(function (gp, map, box) {
    var channel = null, name = null, acted = 0, following = false;
    if (!window.BroadcastChannel) return {};

    ['mousedown', 'wheel', 'touchstart', 'keydown'].forEach(function (kind) {
      box.addEventListener(kind, function () { acted = Date.now(); }, {passive: true, capture: true});
    });
    map.on('move', function () {
      if (!channel || following || Date.now() - acted > MOMENT) return;
      var at = map.getCenter();
      channel.postMessage({lat: at.lat, lng: at.lng, zoom: map.getZoom()});
    });

    function follow(event) {
      acted = 0;
      following = gp.moved = true;
      map.setView([event.data.lat, event.data.lng], event.data.zoom, {animate: false});
      following = false;
    }

    return {state: function (state) {
      var wanted = state.together || null;
      if (wanted === name) return;
      if (channel) channel.close();
      name = wanted;
      channel = name ? new BroadcastChannel('geoplan ' + name) : null;
      if (channel) channel.onmessage = follow;
    }};
  });
})();
