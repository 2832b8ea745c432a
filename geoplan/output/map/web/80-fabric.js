/* A fabric of parcels, too many to send: drawn from tiles on canvases, picked by asking the server what lies at a
   place. Tiles hold no text; an id that comes back is data and only ever becomes a parameter or an event.
   The format is that of geoplan/pyramid/tiles.py. */
(function () {
  'use strict';
  var GP = window.GeoplanMap, ROOT = '../../parcels/', SIDE = 256, KEPT = 160, MOST_PIXELS = 2, MANY = 400;

  function unpacked(buffer) {
    var head = new DataView(buffer), rings = head.getUint32(4, true), vertices = head.getUint32(8, true), at = 12;
    if (head.getUint8(0) !== 1) throw new Error('a tile of another version');
    var bytes = new Uint8Array(buffer), lengths = new Uint16Array(rings), i;
    for (i = 0; i < rings; i++) lengths[i] = bytes[at + 2 * i] | bytes[at + 2 * i + 1] << 8;
    at += 2 * rings;
    function plane() {
      var values = new Int16Array(vertices), value = 0, i;
      for (i = 0; i < vertices; i++) {
        value = (value + (bytes[at + i] | bytes[at + vertices + i] << 8)) << 16 >> 16;
        values[i] = value;
      }
      at += 2 * vertices;
      return values;
    }
    var x = plane(), y = plane();
    return {bits: head.getUint8(1), lengths: lengths, x: x, y: y,
      shares: head.getUint8(2) ? bytes.subarray(at, at + SIDE * SIDE) : null};
  }

  /* The outlines as one path, so that a line two parcels share is drawn once and an overlap is no darker. */
  function outlines(tile, scale, left, top) {
    var path = new Path2D(), at = 0, r, i;
    for (r = 0; r < tile.lengths.length; r++) {
      path.moveTo(tile.x[at] * scale - left, tile.y[at] * scale - top);
      for (i = at + 1; i < at + tile.lengths[r]; i++) path.lineTo(tile.x[i] * scale - left, tile.y[i] * scale - top);
      path.closePath();
      at += tile.lengths[r];
    }
    return path;
  }

  function colours(hex) {
    return [1, 3, 5].map(function (at) { return parseInt(hex.slice(at, at + 2), 16); });
  }

  function painted(shares, fill) {
    var canvas = document.createElement('canvas'), rgb = colours(fill), i;
    canvas.width = canvas.height = SIDE;
    var context = canvas.getContext('2d'), image = context.createImageData(SIDE, SIDE);
    for (i = 0; i < shares.length; i++) {
      image.data[4 * i] = rgb[0];
      image.data[4 * i + 1] = rgb[1];
      image.data[4 * i + 2] = rgb[2];
      image.data[4 * i + 3] = shares[i];
    }
    context.putImageData(image, 0, 0);
    return canvas;
  }

  var Parcels = L.GridLayer.extend({
    /* More than the view where the basemap is shifted, by as much. */
    _getTiledPixelBounds: function (center) {
      var bounds = L.GridLayer.prototype._getTiledPixelBounds.call(this, center), pad = this.pad || L.point(0, 0);
      return L.bounds(bounds.min.subtract(pad), bounds.max.add(pad));
    },

    createTile: function (coords, done) {
      var canvas = L.DomUtil.create('canvas'), self = this, deeper = Math.max(0, coords.z - this.options.fabric.deepest);
      var key = [coords.z - deeper, coords.x >> deeper, coords.y >> deeper].join('/');
      canvas.width = canvas.height = SIDE;
      this.tile(key).then(function (tile) {
        if (tile) self.draw(canvas, tile, coords, deeper);
        done(null, canvas);
      }, function (error) { done(error, canvas); });
      return canvas;
    },

    /* Each is fetched once, the last few are kept as they came; one that failed may be asked for again. */
    tile: function (key) {
      var kept = this.kept = this.kept || new Map(), found = kept.get(key);
      if (!found) {
        found = fetch(this.options.root + '/' + key, {credentials: 'same-origin'}).then(function (answer) {
          if (!answer.ok) throw new Error('status ' + answer.status);
          return answer.arrayBuffer();
        }).then(function (buffer) { return buffer.byteLength ? unpacked(buffer) : null; });
        found.catch(function () { kept.delete(key); });
      }
      kept.delete(key);
      kept.set(key, found);
      if (kept.size > KEPT) kept.delete(kept.keys().next().value);
      return found;
    },

    /* Twice as sharp as the screen, since a map may stand between two zoom levels; many small parcels gain nothing
       from that, and take their time. */
    draw: function (canvas, tile, coords, deeper) {
      var fine = tile.lengths.length < MANY << 2 * deeper && !tile.shares, fabric = this.options.fabric;
      var ratio = Math.min(MOST_PIXELS, Math.ceil(window.devicePixelRatio || 1) + (fine ? 1 : 0));
      var context = canvas.getContext('2d'), size = SIDE * ratio, times = 1 << deeper;
      canvas.width = canvas.height = size;
      var left = (coords.x & times - 1) * size, top = (coords.y & times - 1) * size;
      var path = outlines(tile, size * times / (1 << tile.bits), left, top);
      context.fillStyle = fabric.fill;
      context.globalAlpha = 0.42;
      if (tile.shares) {
        context.imageSmoothingEnabled = deeper > 0 || ratio > 1;
        context.drawImage(painted(tile.shares, fabric.fill), -left, -top, size * times, size * times);
      } else context.fill(path);
      /* As fine as the parcels are small, so that the ground still reads as one. */
      var apart = SIDE * times / Math.sqrt(Math.max(tile.lengths.length, 1));
      context.globalAlpha = tile.shares ? 0.5 : Math.max(0.3, Math.min(0.85, apart / 16));
      context.strokeStyle = fabric.outline;
      context.lineJoin = 'round';
      context.lineWidth = ratio * (tile.shares ? 0.6 : Math.max(0.35, Math.min(1.2, apart / 24)));
      context.stroke(path);
    }
  });

  GP.parts.push(function (gp, map, box) {
    var layer = null, fabric = null, picked = L.layerGroup().addTo(map), shown = null, asked = 0;
    var pane = map.createPane('gp-fabric');
    pane.style.zIndex = 340;
    pane.style.pointerEvents = 'none';

    function mark(state) { box.dataset.fabric = state; }

    function place() {
      if (!fabric || !layer) return;
      var at = map.getCenter(), by = L.point(0, 0);
      if (gp.scene.offset) {
        by = map.latLngToLayerPoint(gp.drawnAt(at)).subtract(map.latLngToLayerPoint(at));
      }
      layer.pad = L.point(Math.abs(by.x), Math.abs(by.y));
      pane.style.transform = by.x || by.y ? 'translate(' + Math.round(by.x) + 'px,' + Math.round(by.y) + 'px)' : '';
      var off = gp.off && gp.off.has('zones') || (gp.state.without || []).indexOf('zones') >= 0;
      if (off) layer.remove(); else if (!map.hasLayer(layer)) layer.addTo(map);
    }

    function begin(scene) {
      if (fabric && scene.fabric && fabric.key === scene.fabric.key) { fabric = scene.fabric; return; }
      if (layer) layer.remove();
      layer = fabric = shown = null;
      picked.clearLayers();
      delete box.dataset.fabric;
      if (!scene.fabric) return;
      fabric = scene.fabric;
      layer = new Parcels({pane: 'gp-fabric', fabric: fabric, root: ROOT + fabric.key, maxZoom: 22, keepBuffer: 1,
        updateWhenZooming: false, updateWhenIdle: false, updateInterval: 100,
        bounds: fabric.bounds && L.latLngBounds(fabric.bounds).pad(0.02)});
      layer.on('loading', function () { mark('loading'); });
      layer.on('load', function () { mark('drawn'); });
      layer.on('tileerror', function () { mark('lost'); });
    }

    /* ---------------------------------------------------------------- the pick */

    function told(address) {
      return fetch(ROOT + fabric.key + address, {credentials: 'same-origin'}).then(function (answer) {
        if (!answer.ok) throw new Error('status ' + answer.status);
        return answer.json();
      });
    }

    function outline(id) {
      var mine = asked += 1;
      shown = id;
      if (id === null) { picked.clearLayers(); return; }
      told('/outline?id=' + encodeURIComponent(id)).then(function (found) {
        if (mine !== asked) return;
        picked.clearLayers();
        [{color: '#FFFFFF', weight: 6, opacity: 0.9}, {color: gp.scene.ink, weight: 3, className: 'gp-picked',
          dashArray: fabric.dashes}].forEach(function (look) {
          L.geoJSON(found, {interactive: false, pane: 'gp-mark', style: Object.assign({fill: false}, look),
            coordsToLatLng: function (c) { return gp.drawnAt({lng: c[0], lat: c[1]}); }}).addTo(picked);
        });
      }).catch(function () { if (mine === asked) picked.clearLayers(); });
    }

    map.on('click', function (event) {
      if (!fabric || gp.drawing || gp.measuring || !map.hasLayer(layer)) return;
      var at = gp.truly(event.latlng.wrap());
      told('/at?lon=' + at.lng.toFixed(9) + '&lat=' + at.lat.toFixed(9)).then(function (found) {
        if (typeof found.id !== 'string') return;
        if (gp.state.marks) outline(found.id);
        GP.tell({kind: 'zone', id: found.id});
      }).catch(function () { mark('lost'); });
    });

    return {
      scene: begin,
      state: function (state) {
        if (!fabric) return;
        place();
        var id = state.pick && state.pick.kind === 'zone' ? state.pick.id : null;
        if (id !== shown) outline(id);
      },
      settle: place
    };
  });
})();
