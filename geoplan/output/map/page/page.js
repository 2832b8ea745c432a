/* What makes one page of a map: the state is in the page itself, nothing is fetched, nothing leaves it. */
(function () {
  'use strict';
  var state = JSON.parse(document.getElementById('gp-state').textContent), turn = 0, card = document.getElementById('gp-card');
  var map = L.map('map', {zoomControl: false, zoomSnap: 0.25, zoomDelta: 0.5, wheelPxPerZoomLevel: 90, center: [0, 0],
    zoom: 2, worldCopyJump: true});
  var gp = GeoplanMap.start(map), rows = {};

  document.querySelectorAll('tr[data-kind]').forEach(function (row) {
    rows[row.dataset.kind + ' ' + row.dataset.id] = row;
    var name = row.querySelector('button');
    if (name) name.addEventListener('click', function () { pick(row.dataset.kind, row.dataset.id, true); });
  });

  function surroundings(kind, id) {
    var scene = state.scene.data, bounds = L.latLngBounds([]), list = kind === 'zone' ? scene.zones : scene.places;
    L.geoJSON(list.features.filter(function (f) { return f.properties.id === id; })).eachLayer(function (layer) {
      bounds.extend(layer.getBounds ? layer.getBounds() : layer.getLatLng().toBounds(1600));
    });
    return bounds.isValid() ? [[bounds.getSouth(), bounds.getWest()], [bounds.getNorth(), bounds.getEast()]] : null;
  }

  function tell(row) {
    card.textContent = '';
    card.hidden = !row;
    if (!row) return;
    var heads = row.closest('table').querySelectorAll('thead th'), list = document.createElement('dl');
    Array.prototype.forEach.call(row.children, function (cell, i) {
      var text = cell.textContent.trim();
      if (!text) return;
      if (!i) {
        card.appendChild(Object.assign(document.createElement('h2'), {textContent: text}));
        return;
      }
      list.appendChild(Object.assign(document.createElement('dt'), {textContent: heads[i].textContent}));
      list.appendChild(Object.assign(document.createElement('dd'), {textContent: text}));
    });
    card.appendChild(list);
    giveWay();
  }

  /* An open legend under the card is closed; its head can be reached, and opens it again. */
  function giveWay() {
    var legend = document.querySelector('.gp-legend[open]');
    if (!legend) return;
    var a = card.getBoundingClientRect(), b = legend.getBoundingClientRect();
    if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) legend.open = false;
  }

  function pick(kind, id, move) {
    if (kind !== 'zone' && kind !== 'facility') return;
    state.pick = {kind: kind, id: id};
    if (move) {
      turn += 1;
      state.turn = 'row-' + turn;
      state.focus = surroundings(kind, id);
      document.getElementById('map').scrollIntoView({block: 'nearest'});
    }
    document.querySelectorAll('tr[aria-selected]').forEach(function (row) { row.removeAttribute('aria-selected'); });
    var row = rows[kind + ' ' + id];
    if (row) row.setAttribute('aria-selected', 'true');
    tell(row);
    gp.update(state);
  }

  window.addEventListener('geoplan', function (event) { pick(event.detail.kind, event.detail.id, false); });
  gp.update(state);
  if (state.pick) pick(state.pick.kind, state.pick.id, false);
})();
