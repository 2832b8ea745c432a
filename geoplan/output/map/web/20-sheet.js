/* The sheet a plan is drawn on: margin, neat line, graticule with its degrees, and the basemap below it all. */
(function () {
  'use strict';
  var GP = window.GeoplanMap;
  /* Seconds of arc: what a reader of degrees and minutes expects. */
  var STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18000, 36000, 108000];

  function degrees(seconds, suffix, step) {
    var s = Math.abs(seconds), d = Math.floor(s / 3600), m = Math.floor(s % 3600 / 60), r = s % 60;
    function two(n) { return (n < 10 ? '0' : '') + n; }
    return d + '°' + (step < 3600 ? two(m) + '′' : '') + (step < 60 ? two(r) + '″' : '') + suffix;
  }

  GP.parts.push(function (gp, map, box) {
    var frame = GP.element('div', 'gp-frame'), marks = GP.element('div', 'gp-marks'), grid = L.layerGroup();
    box.appendChild(frame);
    box.appendChild(marks);
    map.createPane('gp-grid').style.zIndex = 250;
    grid.addTo(map);
    var line = {color: '#B9C5C9', weight: 1, opacity: 0.8, interactive: false, pane: 'gp-grid'};

    function mark(name, text, side, at) {
      var e = GP.element('span', name, text);
      e.style[side] = at + 'px';
      marks.appendChild(e);
    }

    function draw() {
      var b = map.getBounds(), size = map.getSize(), span = (b.getEast() - b.getWest()) * 3600, margin = 18, i;
      grid.clearLayers();
      marks.textContent = '';
      if (!size.x || !size.y) return;
      var wanted = Math.max(3, Math.round(size.x / 92));
      var step = STEPS.find(function (s) { return span / s <= wanted; }) || 108000;
      var south = Math.max(b.getSouth(), -85), north = Math.min(b.getNorth(), 85), middle = b.getCenter();
      for (i = Math.ceil(b.getWest() * 3600 / step); i * step <= b.getEast() * 3600; i++) {
        var lon = i * step / 3600, x = map.latLngToContainerPoint([middle.lat, lon]).x;
        L.polyline([[south, lon], [north, lon]], line).addTo(grid);
        if (x < margin + 28 || x > size.x - margin - 28) continue;
        mark('gp-lon', degrees(i * step, i < 0 ? 'W' : 'E', step), 'left', x);
      }
      for (i = Math.ceil(south * 3600 / step); i * step <= north * 3600; i++) {
        var lat = i * step / 3600, y = map.latLngToContainerPoint([lat, middle.lng]).y;
        L.polyline([[lat, b.getWest()], [lat, b.getEast()]], line).addTo(grid);
        if (y < margin + 26 || y > size.y - margin - 26) continue;
        mark('gp-lat', degrees(i * step, i < 0 ? 'S' : 'N', step), 'top', y);
      }
    }

    /* The basemap: tiles from the address the page names, and a word when they do not come. */
    var tiles = null, address = null, lost = GP.element('div', 'gp-notice gp-notice-lost');
    lost.hidden = true;
    box.appendChild(lost);

    function basemap(state) {
      var wanted = state.basemap || null, url = wanted && wanted.url;
      if (url !== address) {
        if (tiles) tiles.remove();
        tiles = null;
        lost.hidden = true;
        address = url;
        if (wanted) {
          tiles = L.tileLayer(url, {maxNativeZoom: wanted.max_zoom || 18, maxZoom: 22, minZoom: wanted.min_zoom || 0,
            tileSize: wanted.tile_size || 256, attribution: '', opacity: 0.9, zoomOffset: wanted.zoom_offset || 0});
          tiles.on('tileerror', function () { lost.textContent = gp.say('basemap_lost'); lost.hidden = false; });
          tiles.on('tileload', function () { lost.hidden = true; });
          tiles.addTo(map);
        }
        box.classList.toggle('gp-with-basemap', Boolean(wanted));
      }
    }

    return {settle: draw, state: basemap};
  });
})();
