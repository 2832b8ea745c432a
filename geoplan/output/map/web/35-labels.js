/* Labels: the larger zone first; one that would cover another, or the sign of a place, waits until there is room. */
(function () {
  'use strict';
  var GP = window.GeoplanMap, MOST = 160, MANY = 40; /* labels in view at once; zones
    of a plan from which a name has to fit into its zone */
  /* Where a label may stand, from the place it belongs to: to the right and below as shares of its own size, then
     pixels. */
  var SPOTS = {
    zone: [[-0.5, -0.5, 0, 0], [-0.5, 0, 0, 12], [-0.5, -1, 0, -12], [-1, -0.5, -16, 0], [0, -0.5, 16, 0],
      [-0.5, 0, 0, 26], [-0.5, -1, 0, -26], [0, 0, 12, 8], [-1, 0, -12, 8], [0, -1, 12, -8], [-1, -1, -12, -8],
      [0, -0.5, 32, 0], [-1, -0.5, -32, 0], [-0.5, 0, 0, 40], [-0.5, -1, 0, -40], [-0.2, 0, 0, 26], [-0.2, -1, 0, -26],
      [-0.8, 0, 0, 26], [-0.8, -1, 0, -26], [-0.2, 0, 0, 40], [-0.8, 0, 0, 40]],
    place: [[0, -0.5, 15, 0], [-1, -0.5, -15, 0], [-0.5, 0, 0, 13], [-0.5, -1, 0, -13]]
  };

  GP.parts.push(function (gp, map, box) {
    var labels = [], layer = L.layerGroup().addTo(map);
    map.createPane('gp-labels').style.zIndex = 620;
    map.getPane('gp-labels').style.pointerEvents = 'none';

    function make(scene) {
      layer.clearLayers();
      labels = scene.labels.map(function (l) { return {kind: l.kind, id: l.id, at: L.latLng(l.at), lines: l.lines}; });
    }

    function build(label) {
      label.element = GP.element('div', 'gp-label gp-label-' + label.kind);
      label.lines.forEach(function (content) { label.element.appendChild(GP.element('span', '', content)); });
      label.marker = L.marker(label.at, {interactive: false, keyboard: false, pane: 'gp-labels',
        icon: L.divIcon({className: 'gp-anchor', html: label.element, iconSize: [0, 0]})});
    }

    function rectangles(selector) {
      var edge = box.getBoundingClientRect();
      return Array.prototype.map.call(box.querySelectorAll(selector), function (e) {
        var r = e.getBoundingClientRect();
        return {left: r.left - edge.left, right: r.right - edge.left, top: r.top - edge.top, bottom: r.bottom - edge.top};
      }).filter(function (r) { return r.right > r.left; });
    }

    function hits(r) { return function (p) {
      return r.left < p.right + 2 && p.left < r.right + 2 && r.top < p.bottom + 1 && p.top < r.bottom + 1;
    }; }

    /* Of what can be seen of it at all, the size is asked for only once. */
    function wanted() {
      var off = gp.off || new Set(), without = new Set(gp.state.without || []), view = map.getBounds();
      if (off.has('labels') || without.has('labels')) return [];
      return labels.filter(function (label) {
        var zone = label.kind === 'zone', part = zone ? 'zones' : 'facilities';
        if (off.has(part) || without.has(part) || !view.contains(label.at)) return false;
        return zone ? gp.roomy(label.id) : gp.visiblePlace(label.id);
      }).slice(0, MOST);
    }

    function arrange() {
      var size = map.getSize(), placed = rectangles('.gp-notice, .leaflet-control, .gp-panel:not([hidden])');
      var dots = rectangles('.gp-badge, .gp-cluster').map(function (r) { return {left: r.left + 2, right: r.right - 2,
        top: r.top + 2, bottom: r.bottom - 2}; });
      var now = wanted(), keep = new Set(now);
      labels.forEach(function (label) { if (label.marker && !keep.has(label)) layer.removeLayer(label.marker); });
      now.forEach(function (label) {
        if (!label.marker) build(label);
        if (!layer.hasLayer(label.marker)) layer.addLayer(label.marker);
      });
      now.forEach(function (label) {
        if (label.wide) return;
        label.wide = label.element.offsetWidth;
        label.high = label.element.offsetHeight;
        label.low = label.element.firstChild.offsetHeight;
      });
      now.forEach(function (label) {
        label.spot = settle(label, label.high, size, placed, dots);
        label.short = !label.spot && label.low < label.high;
        if (label.short) label.spot = settle(label, label.low, size, placed, dots);
      });
      now.forEach(function (label) {
        var e = label.element, spot = label.spot;
        e.style.visibility = spot ? '' : 'hidden';
        e.classList.toggle('gp-label-short', label.short);
        if (spot) e.style.transform = 'translate(' + spot[0] + 'px, ' + spot[1] + 'px)';
      });
    }

    /* The first spot where it covers no other label, no sign of a place and nothing of the map's own. */
    function settle(label, high, size, placed, dots) {
      var p = map.latLngToContainerPoint(label.at), free = null;
      if (label.kind === 'zone' && gp.scene.zones.features.length > MANY &&
        gp.roomy(label.id) < 0.9 * label.wide) return null;
      SPOTS[label.kind].some(function (s) {
        var x = Math.round(s[0] * label.wide + s[2]), y = Math.round(s[1] * high + s[3]);
        var r = {left: p.x + x, top: p.y + y, right: p.x + x + label.wide, bottom: p.y + y + high};
        if (r.left < 20 || r.top < 20 || r.right > size.x - 20 || r.bottom > size.y - 20) return false;
        if (placed.some(hits(r)) || dots.some(hits(r))) return false;
        free = [x, y, r];
        return true;
      });
      if (free) placed.push(free[2]);
      return free;
    }

    /* Signs and clusters come one by one, and glide to their places after the map has come to rest. */
    var later = null;
    function soon() {
      clearTimeout(later);
      later = setTimeout(function () { if (gp.scene) arrange(); }, 400);
    }

    map.on('layeradd layerremove', function (e) {
      if (e.layer.getLatLng && (e.layer.feature || e.layer.getChildCount)) soon();
    });

    function settled() {
      if (!gp.scene) return;
      arrange();
      soon();
    }

    return {scene: make, settle: settled};
  });
})();
