/* The zones in the middle of a fabric's map as a list: for whom a canvas says nothing, and to pick what is too small to
   click. Asked for while it is open; names are set as text and ids only ever become a parameter or an event. */
(function () {
  'use strict';
  var GP = window.GeoplanMap, ROOT = '../../parcels/', WAIT_MS = 250;

  GP.parts.push(function (gp, map, box) {
    var panel = GP.element('details', 'gp-near gp-panel'), head = GP.element('summary'), list = GP.element('ol');
    var said = GP.element('p', 'gp-near-none'), control = null, fabric = null, asked = 0, timer = 0;
    [head, said, list].forEach(function (part) { panel.appendChild(part); });
    said.setAttribute('role', 'status');

    function degrees(value, most) { return Math.max(-most, Math.min(most, value)).toFixed(9); }

    function address() {
      var view = map.getBounds(), low = gp.truly(view.getSouthWest()), high = gp.truly(view.getNorthEast());
      return ROOT + fabric.key + '/near?west=' + degrees(low.lng, 180) + '&south=' + degrees(low.lat, 90) + '&east=' +
        degrees(high.lng, 180) + '&north=' + degrees(high.lat, 90) + '&lang=' + box.lang;
    }

    function row(zone) {
      var item = GP.element('li'), button = GP.element('button', ''), pick = {kind: 'zone', id: zone.id};
      button.type = 'button';
      button.appendChild(GP.element('b', '', zone.name || zone.id));
      button.appendChild(GP.element('span', '', zone.area));
      button.onclick = function () {
        if (gp.state.marks) gp.update(Object.assign({}, gp.state, {pick: pick}));
        GP.tell(pick);
      };
      item.appendChild(button);
      return item;
    }

    function look() {
      var mine = asked += 1;
      if (!fabric || !panel.open) return;
      fetch(address(), {credentials: 'same-origin'}).then(function (answer) {
        if (!answer.ok) throw new Error('status ' + answer.status);
        return answer.json();
      }).then(function (found) {
        if (mine !== asked) return;
        list.replaceChildren.apply(list, found.zones.map(row));
        said.textContent = found.zones.length ? '' : fabric.texts.none;
        panel.dataset.listed = String(found.zones.length);
      }).catch(function () { if (mine === asked) { list.replaceChildren(); said.textContent = fabric.texts.lost; } });
    }

    function soon() {
      clearTimeout(timer);
      timer = setTimeout(look, WAIT_MS);
    }

    panel.addEventListener('toggle', look);
    map.on('moveend', soon);

    return {
      scene: function (scene) {
        fabric = scene.fabric || null;
        if (fabric && !control) control = GP.corner(map, 'bottomleft', panel);
        panel.hidden = !fabric;
        if (!fabric) return;
        head.textContent = fabric.texts.near;
        box.setAttribute('aria-label', fabric.texts.label);
        look();
      }
    };
  });
})();
