/* A fabric of parcels, too many to send: drawn from tiles on canvases, picked by asking the server what lies at a
   place. Tiles hold no text; an id that comes back is data and only ever becomes a parameter or an event.
   The format is that of geoplan/pyramid/tiles.py, several tiles one behind the other. */
(function () {
  'use strict';
  var GP = window.GeoplanMap, ROOT = '../../parcels/', SIDE = 256, KEPT = 300, MOST_PIXELS = 2;
  var FINE = 14;  // pixels: parcels as wide as this are drawn sharper than the screen
  var TOGETHER = 12;  // tiles in one request: the middle of the view need not wait for its edges
  var TURN_MS = 8;  // of drawing at a time: half a frame, so that the map follows the hand meanwhile

  /* Reads the tile that begins at a byte of an answer; `end` is where the next one does. */
  function unpacked(buffer, at) {
    var head = new DataView(buffer), rings = head.getUint32(at + 4, true), vertices = head.getUint32(at + 8, true);
    if (head.getUint8(at) !== 1) throw new Error('a tile of another version');
    var bits = head.getUint8(at + 1), pictured = head.getUint8(at + 2);
    var bytes = new Uint8Array(buffer), lengths = new Uint16Array(rings), i;
    at += 12;
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
    var x = plane(), y = plane(), apart = width(x, lengths) / (1 << bits), shares = pictured ? bytes.slice(at, at + SIDE * SIDE) : null;
    return {bits: bits, lengths: lengths, x: x, y: y, apart: apart, shares: shares, end: at + (pictured ? SIDE * SIDE : 0)};
  }

  /* How wide the rings of a tile are on average, of some of them, in steps: a tile at the edge has few, yet as small. */
  function width(x, lengths) {
    var every = Math.max(1, Math.floor(lengths.length / 64)), sum = 0, count = 0, at = 0, r, i, low, high;
    for (r = 0; r < lengths.length; at += lengths[r], r++) {
      if (r % every) continue;
      low = high = x[at];
      for (i = at + 1; i < at + lengths[r]; i++) { low = Math.min(low, x[i]); high = Math.max(high, x[i]); }
      sum += high - low;
      count += 1;
    }
    return count ? sum / count : 0;
  }

  /* The outlines as one path, so that a line two parcels share is drawn once and an overlap is no darker. Each ring
     is led back to its beginning by a line: closing it would make Chromium look for that, at every ring from the first. */
  function outlines(tile, scale, left, top) {
    var path = new Path2D(), x = tile.x, y = tile.y, at = 0, r, i, end;
    for (r = 0; r < tile.lengths.length; r++) {
      end = at + tile.lengths[r];
      path.moveTo(x[at] * scale - left, y[at] * scale - top);
      for (i = at + 1; i < end; i++) path.lineTo(x[i] * scale - left, y[i] * scale - top);
      path.lineTo(x[at] * scale - left, y[at] * scale - top);
      at = end;
    }
    return path;
  }

  /* Does things one after the other, a few milliseconds at a time, with the browser's own work in between. */
  function Turns() {
    var waiting = [], channel = new MessageChannel(), called = false;
    function call() {
      if (called || !waiting.length) return;
      called = true;
      channel.port2.postMessage(0);
    }
    channel.port1.onmessage = function () {
      var until = performance.now() + TURN_MS;
      called = false;
      do { if (waiting.length) waiting.shift()(); } while (waiting.length && performance.now() < until);
      call();
    };
    this.take = function (deed) { waiting.push(deed); call(); };
  }

  /* A line of up to one pixel is drawn as such, lighter; one that is hardly wider takes ten times as long. */
  function thin(width) { return width > 1 && width < 1.5 ? 1 : width; }

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

  function fetchSome(address, some) {
    var at = 0;
    fetch(address + some.map(function (one) { return one.at; }).join(','), {credentials: 'same-origin'})
      .then(function (answer) {
        if (!answer.ok) throw new Error('status ' + answer.status);
        return answer.arrayBuffer();
      })
      .then(function (buffer) {
        some.forEach(function (one) {
          var tile = unpacked(buffer, at);
          at = tile.end;
          one.resolve(tile);
        });
      })
      .catch(function (error) { some.forEach(function (one) { one.reject(error); }); });
  }

  var Parcels = L.GridLayer.extend({
    /* More than the view where the basemap is shifted, by as much. */
    _getTiledPixelBounds: function (center) {
      var bounds = L.GridLayer.prototype._getTiledPixelBounds.call(this, center), pad = this.pad || L.point(0, 0);
      return L.bounds(bounds.min.subtract(pad), bounds.max.add(pad));
    },

    createTile: function (coords, done) {
      var canvas = L.DomUtil.create('canvas'), self = this, deeper = Math.max(0, coords.z - this.options.fabric.deepest);
      canvas.width = canvas.height = 1;  // until it is drawn it takes no memory
      this.tile(coords.z - deeper, coords.x >> deeper, coords.y >> deeper).then(function (tile) {
        self.turns.take(function () {
          if (!self.holds(coords, canvas)) return;  // the view has moved on
          try {
            if (tile.lengths.length || tile.shares) self.draw(canvas, tile, coords, deeper);
          } catch (error) {
            done(error, canvas);
            return;
          }
          done(null, canvas);
        });
      }, function (error) { done(error, canvas); });
      return canvas;
    },

    holds: function (coords, canvas) {
      var held = this._map && this._tiles[this._tileCoordsToKey(coords)];
      return held && held.el === canvas;
    },

    initialize: function (options) {
      L.GridLayer.prototype.initialize.call(this, options);
      this.kept = new Map();
      this.wanted = [];
      this.turns = new Turns();
    },

    /* Each is fetched once, the last few are kept as they came; one that failed may be asked for again. */
    tile: function (z, x, y) {
      var kept = this.kept, key = z + '/' + x + '.' + y, found = kept.get(key), self = this;
      if (!found) {
        found = new Promise(function (resolve, reject) {
          if (!self.wanted.length) Promise.resolve().then(function () { self.fetch(); });
          self.wanted.push({z: z, at: x + '.' + y, resolve: resolve, reject: reject});
        });
        found.catch(function () { kept.delete(key); });
      }
      kept.delete(key);
      kept.set(key, found);
      if (kept.size > KEPT) kept.delete(kept.keys().next().value);
      return found;
    },

    /* Fetches what was asked for in one go, which is a view, its middle first: several tiles to a request. */
    fetch: function () {
      var wanted = this.wanted, root = this.options.root, levels = {};
      this.wanted = [];
      wanted.forEach(function (one) { (levels[one.z] = levels[one.z] || []).push(one); });
      Object.keys(levels).forEach(function (z) {
        for (var first = 0; first < levels[z].length; first += TOGETHER) {
          fetchSome(root + '/tiles/' + z + '?at=', levels[z].slice(first, first + TOGETHER));
        }
      });
    },

    /* Twice as sharp as the screen, since a map may stand between two zoom levels; many small parcels gain nothing
       from that, and take their time. */
    draw: function (canvas, tile, coords, deeper) {
      var apart = tile.apart * SIDE * (1 << deeper), fine = apart > FINE && !tile.shares, fabric = this.options.fabric;
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
      context.globalAlpha = tile.shares ? 0.5 : Math.max(0.3, Math.min(0.85, apart / 16));
      context.strokeStyle = fabric.outline;
      context.lineJoin = 'round';
      context.lineWidth = thin(ratio * (tile.shares ? 0.6 : Math.max(0.35, Math.min(1.2, apart / 24))));
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
      /* What truly lies in the middle is drawn there; at the edges of a view the shift differs by a pixel or two. */
      if (gp.scene.offset) by = map.latLngToLayerPoint(at).subtract(map.latLngToLayerPoint(gp.truly(at)));
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
