/* Two states of the plan on one map: a curtain between them to be moved, or one fading over the other. */
(function () {
  'use strict';
  var GP = window.GeoplanMap;

  GP.parts.push(function (gp, map, box) {
    var bar = GP.element('div', 'gp-compare gp-panel'), slider = GP.element('input'), line = GP.element('div', 'gp-curtain');
    var left = GP.element('span', 'gp-left-name'), right = GP.element('span', 'gp-right-name');
    slider.type = 'range';
    slider.min = '0';
    slider.max = '100';
    slider.value = '50';
    [left, slider, right].forEach(function (e) { bar.appendChild(e); });
    bar.hidden = line.hidden = true;
    box.appendChild(line);
    box.appendChild(bar);
    L.DomEvent.disableClickPropagation(bar);
    L.DomEvent.disableScrollPropagation(bar);
    slider.addEventListener('mousedown', function () { map.dragging.disable(); });
    slider.addEventListener('mouseup', function () { map.dragging.enable(); });

    function clip() {
      var compare = gp.state.compare, a = map.getPane('gp-left'), b = map.getPane('gp-right'), share = slider.value / 100;
      a.style.clip = b.style.clip = a.style.opacity = b.style.opacity = '';
      bar.hidden = !compare;
      line.hidden = !compare || compare.mode !== 'swipe';
      if (!compare) return;
      if (compare.mode === 'opacity') {
        a.style.opacity = String(1 - share);
        b.style.opacity = String(share);
        return;
      }
      var size = map.getSize(), x = size.x * share, nw = map.containerPointToLayerPoint([0, 0]);
      var se = map.containerPointToLayerPoint(size), at = nw.x + x;
      a.style.clip = 'rect(' + [nw.y, at, se.y, nw.x].map(px).join(',') + ')';
      b.style.clip = 'rect(' + [nw.y, se.x, se.y, at].map(px).join(',') + ')';
      line.style.left = x + 'px';
    }
    function px(value) { return Math.round(value) + 'px'; }

    slider.addEventListener('input', clip);
    map.on('move zoomend resize', clip);
    return {
      state: function (state) {
        if (state.compare) {
          left.textContent = state.compare.left_name;
          right.textContent = state.compare.right_name;
          GP.title(slider, gp.say(state.compare.mode));
        }
        clip();
      },
      settle: clip
    };
  });
})();
