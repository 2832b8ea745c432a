"""The browser's side of the map: our own script and style, which folium carries to the page.

Names never become markup here: labels and tooltips are set with `textContent`. The one piece of
markup, the legend, is escaped where it is made (`geoplan.output.map`).
"""

from __future__ import annotations

# Graticule steps in seconds of arc: what a reader of degrees and minutes expects.
SCENE_SCRIPT = """
var __NAME__ = (function (map, data) {
  var group = L.featureGroup().addTo(map), box = map.getContainer(), gp = map.geoplan = {view: data.view};
  box.setAttribute('lang', data.language);
  map.attributionControl.setPrefix(false).addAttribution(data.attribution);
  function text(tag, name, content) {
    var e = document.createElement(tag); e.className = name; e.textContent = content; return e;
  }
  function corner(position, element) {
    var control = L.control({position: position});
    control.onAdd = function () { L.DomEvent.disableClickPropagation(element);
      L.DomEvent.disableScrollPropagation(element); return element; };
    control.addTo(map);
  }
  function fit() {
    var narrow = map.getSize().x < 620;
    map.fitBounds(gp.view, {paddingTopLeft: [narrow ? 34 : 54, 54], paddingBottomRight: [narrow ? 54 : 70, 44],
      animate: false});
  }
  gp.show = function (view) { gp.moved = false; gp.view = view; fit(); };

  /* The sheet: margin, neat line, graticule. */
  var frame = text('div', 'gp-frame', ''), marks = text('div', 'gp-marks', ''), grid = L.layerGroup().addTo(map);
  box.appendChild(frame); box.appendChild(marks);
  var steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18000, 36000, 108000];
  function degrees(seconds, suffix, step) {
    var s = Math.abs(seconds), d = Math.floor(s / 3600), m = Math.floor(s % 3600 / 60), r = s % 60;
    function two(n) { return (n < 10 ? '0' : '') + n; }
    return d + '°' + (step < 3600 ? two(m) + '′' : '') + (step < 60 ? two(r) + '″' : '') + suffix;
  }
  function draw() {
    var b = map.getBounds(), size = map.getSize(), span = (b.getEast() - b.getWest()) * 3600, margin = 18, i;
    grid.clearLayers(); marks.textContent = '';
    if (!size.x || !size.y) return;
    var wanted = Math.max(3, Math.round(size.x / 110));
    var step = steps.find(function (s) { return span / s <= wanted; }) || 108000;
    var line = {color: '#B9C5C9', weight: 1, opacity: 0.8, interactive: false, pane: 'gp-grid'};
    for (i = Math.ceil(b.getWest() * 3600 / step); i * step <= b.getEast() * 3600; i++) {
      var lon = i * step / 3600, x = map.latLngToContainerPoint([b.getCenter().lat, lon]).x;
      L.polyline([[b.getSouth(), lon], [b.getNorth(), lon]], line).addTo(grid);
      if (x < margin + 28 || x > size.x - margin - 28) continue;
      var top = text('span', 'gp-lon', degrees(i * step, i < 0 ? 'W' : 'E', step)); top.style.left = x + 'px';
      marks.appendChild(top);
    }
    for (i = Math.ceil(Math.max(b.getSouth(), -85) * 3600 / step); i * step <= Math.min(b.getNorth(), 85) * 3600; i++) {
      var lat = i * step / 3600, y = map.latLngToContainerPoint([lat, b.getCenter().lng]).y;
      L.polyline([[lat, b.getWest()], [lat, b.getEast()]], line).addTo(grid);
      if (y < margin + 26 || y > size.y - margin - 26) continue;
      var left = text('span', 'gp-lat', degrees(i * step, i < 0 ? 'S' : 'N', step)); left.style.top = y + 'px';
      marks.appendChild(left);
    }
  }
  map.createPane('gp-grid').style.zIndex = 250;

  /* Zones and places. */
  function told(feature, layer) {
    layer.bindTooltip(function () { return text('span', '', feature.properties.name); }, {sticky: true});
  }
  var zones = L.geoJson(data.zones, {onEachFeature: told, style: function (f) {
    return {color: data.outline, weight: 1.6, dashArray: f.properties.dashes, fillColor: f.properties.colour,
      fillOpacity: 0.42, className: 'gp-zone'};
  }}).addTo(group);
  zones.on('mouseover', function (e) { e.layer.setStyle({fillOpacity: 0.6}); });
  zones.on('mouseout', function (e) { e.layer.setStyle({fillOpacity: 0.42}); });
  L.geoJson(data.places, {onEachFeature: told, pointToLayer: function (f, at) {
    return L.circleMarker(at, {radius: 5.5, color: '#FFFFFF', weight: 1.5, fillColor: f.properties.colour,
      fillOpacity: 1, className: 'gp-place'});
  }}).addTo(group);

  /* Labels: the larger zone first; one that would cover another waits until there is room. */
  var labels = data.labels.map(function (l) {
    var e = text('div', 'gp-label gp-label-' + l.kind, '');
    l.lines.forEach(function (content) { e.appendChild(text('span', '', content)); });
    L.marker(l.at, {interactive: false, keyboard: false, icon: L.divIcon({className: 'gp-anchor', html: e,
      iconSize: [0, 0]})}).addTo(map);
    return e;
  });
  var offsets = {zone: [[0, 0], [0, 26], [0, -26], [-46, 0], [46, 0]], place: [[0, 0], [null, 0]]};
  function arrange() {
    var edge = box.getBoundingClientRect(), taken = '.gp-notice, .leaflet-control', placed = Array.prototype.map.call(
      box.querySelectorAll(taken), function (e) { return e.getBoundingClientRect(); });
    var dots = Array.prototype.map.call(box.querySelectorAll('.gp-place'), function (e) {
      return e.getBoundingClientRect();
    });
    labels.forEach(function (e) {
      var zone = e.classList.contains('gp-label-zone'), free = offsets[zone ? 'zone' : 'place'].some(function (o) {
        e.classList.toggle('gp-label-left', o[0] === null);
        e.style.margin = o[1] + 'px 0 0 ' + (o[0] || 0) + 'px';
        var r = e.getBoundingClientRect();
        function hits(p) {
          return r.left < p.right + 2 && p.left < r.right + 2 && r.top < p.bottom + 1 && p.top < r.bottom + 1;
        }
        if (r.right > edge.right - 20 || r.left < edge.left + 20 || placed.some(hits)) return false;
        if (!zone && dots.some(hits)) return false;
        placed.push(r);
        return true;
      });
      e.style.visibility = free ? '' : 'hidden';
    });
  }

  /* Furniture: north, zoom, home, scale, legend, what the boundaries are worth. */
  var north = text('div', 'gp-north', ''); north.title = data.texts.north;
  north.innerHTML = '<svg viewBox="0 0 24 34" width="24" height="34" aria-hidden="true">' +
    '<path d="M12 2 L19 25 L12 20 Z" fill="#1B2733"/><path d="M12 2 L5 25 L12 20 Z" fill="#FFF" stroke="#1B2733"/>' +
    '<text x="12" y="33" text-anchor="middle" font-size="9" font-weight="700" fill="#1B2733">N</text></svg>';
  corner('topright', north);
  L.control.zoom({position: 'topright', zoomInTitle: data.texts.zoom_in, zoomOutTitle: data.texts.zoom_out}).addTo(map);
  var home = text('button', 'gp-home', '⤢'); home.type = 'button'; home.title = data.texts.home;
  home.setAttribute('aria-label', data.texts.home);
  home.onclick = function () { gp.show(data.view); };
  corner('topright', home);
  L.control.scale({imperial: false, position: 'bottomleft', maxWidth: 120}).addTo(map);
  var legend = text('div', 'gp-legend', ''); legend.innerHTML = data.legend;
  legend.firstElementChild.open = map.getSize().x > 620;
  /* Where it hides least. */
  function hidden(position) {
    var size = map.getSize(), wide = 225, high = legend.firstElementChild.open ? data.rows * 16 + 60 : 60, n = 0;
    function count(at) {
      var p = map.latLngToContainerPoint(at), x = position.indexOf('right') < 0 ? p.x : size.x - p.x;
      if (x < wide && (position.indexOf('top') < 0 ? size.y - p.y : p.y) < high) n++;
    }
    map.eachLayer(function (l) {
      if (l.feature && l.getLatLng) count(l.getLatLng());
      else if (l.feature && l.getBounds) { var b = l.getBounds(); [b.getCenter(), b.getSouthEast(), b.getNorthWest(),
        b.getSouthWest(), b.getNorthEast()].forEach(count); }
    });
    return n;
  }
  data.notices.forEach(function (notice) {
    box.appendChild(text('div', 'gp-notice gp-notice-' + notice.kind, notice.text));
  });

  ['mousedown', 'wheel', 'touchstart'].forEach(function (kind) {
    box.addEventListener(kind, function () { gp.moved = true; }, {passive: true});
  });
  map.on('resize', function () { if (!gp.moved) fit(); });
  map.on('moveend zoomend resize', function () { draw(); arrange(); });
  fit();
  var corners = ['bottomright', 'topleft', 'bottomleft'], covered = corners.map(hidden);
  var least = Math.min.apply(null, covered);
  corner(corners[covered.indexOf(least)], legend);
  if (least > 0) legend.firstElementChild.open = false;  /* it would hide part of the plan wherever it stood */
  draw(); arrange();
  if (document.fonts && document.fonts.ready) document.fonts.ready.then(arrange);
  /* The style sheet may come after the script. */
  window.addEventListener('load', arrange); setTimeout(function () { map.invalidateSize(); arrange(); }, 400);
  return group;
})(__MAP__, __DATA__);
"""

PICK_SCRIPT = """
(function (map, data) {
  var group = __GROUP__, quiet = {interactive: false, fill: false};
  if (data.shape) {
    L.geoJson(data.shape, Object.assign({style: {color: '#FFFFFF', weight: 6, opacity: 0.9, fill: false,
      interactive: false}}, quiet)).addTo(group);
    L.geoJson(data.shape, Object.assign({style: {color: data.ink, weight: 3, fill: false, dashArray: data.dashes,
      interactive: false, className: 'gp-picked'}}, quiet)).addTo(group);
  }
  if (data.at) {
    if (data.accuracy) L.circle(data.at, {radius: data.accuracy, color: data.ink, weight: 1.2, dashArray: '3 4',
      fillColor: data.ink, fillOpacity: 0.06, interactive: false, className: 'gp-accuracy'}).addTo(group);
    L.circleMarker(data.at, {radius: 9, color: data.ink, weight: 3, fill: false, interactive: false,
      className: 'gp-picked'}).addTo(group);
  }
  if (data.view && map.geoplan) map.geoplan.show(data.view);
})(__MAP__, __DATA__);
"""

STYLE = """<style>
html, body { margin: 0; overflow: hidden; }
.folium-map, #map_div { width: 100% !important; height: 100vh !important; }
.leaflet-container { background: #FBFCFA; font: 13px/1.35 "Source Sans", "Source Sans Pro", "Segoe UI", Roboto,
  "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; color: #1B2733; }
.gp-frame { position: absolute; inset: 0; border: 18px solid #FFFFFF; box-shadow: inset 0 0 0 1.5px #51606E,
  0 0 0 1px #C5CFD3 inset; pointer-events: none; z-index: 640; box-sizing: border-box; }
.gp-marks { position: absolute; inset: 0; pointer-events: none; z-index: 641; font-size: 10.5px; color: #51606E;
  font-variant-numeric: tabular-nums; }
.gp-lon { position: absolute; top: 2px; transform: translateX(-50%); white-space: nowrap; }
.gp-lat { position: absolute; left: 2px; writing-mode: vertical-rl; transform: translateY(-50%) rotate(180deg);
  white-space: nowrap; line-height: 14px; }
.leaflet-top, .leaflet-bottom { z-index: 800; }
.leaflet-left { left: 18px; } .leaflet-right { right: 18px; } .leaflet-top { top: 18px; }
.leaflet-bottom { bottom: 18px; }
.gp-anchor { overflow: visible; }
.gp-label { position: absolute; white-space: nowrap; pointer-events: none; text-shadow: -1px -1px 0 #FFF,
  1px -1px 0 #FFF, -1px 1px 0 #FFF, 1px 1px 0 #FFF, 0 0 5px #FFF; }
.gp-label span { display: block; }
.gp-label-zone { transform: translate(-50%, -50%); text-align: center; font-weight: 700; font-size: 13px;
  line-height: 1.15; }
.gp-label-zone span + span { font-weight: 400; font-size: 11.5px; font-variant-numeric: tabular-nums; }
.gp-label-place { transform: translate(10px, -50%); font-size: 11.5px; color: #33424F; }
.gp-label-left { transform: translate(calc(-100% - 10px), -50%); }
.gp-zone, .gp-place { cursor: pointer; }
.leaflet-interactive:focus { outline: none; }
.leaflet-tooltip { max-width: 260px; white-space: normal; width: max-content; border: 0; border-radius: 4px;
  box-shadow: 0 1px 6px rgba(27, 39, 51, .3); color: #1B2733; font-weight: 600; }
.gp-north { line-height: 0; padding: 2px; }
.leaflet-bar { border: 0 !important; box-shadow: 0 1px 4px rgba(27, 39, 51, .28); }
.leaflet-bar a { color: #1B2733; }
.gp-home { width: 30px; height: 30px; border: 0; border-radius: 4px; background: #FFF; font-size: 16px; color: #1B2733;
  box-shadow: 0 1px 4px rgba(27, 39, 51, .28); cursor: pointer; }
.leaflet-control-scale-line { border-color: #1B2733; border-width: 0 1.5px 1.5px; background: rgba(255, 255, 255, .7);
  color: #1B2733; font-size: 11px; }
.gp-legend { background: rgba(255, 255, 255, .94); border-radius: 6px; box-shadow: 0 1px 6px rgba(27, 39, 51, .22);
  font-size: 11.5px; max-width: 210px; }
.gp-legend summary { cursor: pointer; padding: 5px 10px; font-weight: 700; font-size: 12px; }
.gp-legend ul { list-style: none; margin: 0; padding: 0 10px 7px; max-height: 54vh; overflow: auto; }
.gp-legend li { display: flex; align-items: center; gap: 7px; line-height: 1.3; }
.gp-legend li.gp-head { color: #51606E; padding-top: 5px; }
.gp-legend i { flex: none; width: 17px; height: 11px; box-sizing: border-box; }
.gp-legend i.gp-dot { width: 10px; height: 10px; border-radius: 50%; margin: 0 3.5px; }
.gp-legend i.gp-ring { width: 15px; height: 15px; border-radius: 50%; border: 1.3px dashed #1B2733; margin: 0 1px; }
.gp-notice { position: absolute; left: 50%; top: 28px; transform: translateX(-50%); z-index: 810; font-weight: 600;
  padding: 4px 14px; border-radius: 14px; font-size: 12.5px; pointer-events: none; max-width: calc(100% - 190px);
  box-sizing: border-box; text-align: center; box-shadow: 0 1px 4px rgba(27, 39, 51, .18); }
.gp-notice-status { background: #FDF3DC; color: #7A5200; border: 1px dashed #B98A2B; }
.gp-notice-empty { background: #FFFFFF; color: #1B2733; border: 1px dashed #51606E; }
.leaflet-control-attribution { font-size: 10px; color: #51606E; background: rgba(255, 255, 255, .8) !important;
  max-width: 62vw; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
@media (max-width: 620px) { .gp-legend { max-width: 170px; } .gp-notice { font-size: 11.5px; padding: 3px 9px; }
  .leaflet-control-attribution { display: none; } }
</style>"""
