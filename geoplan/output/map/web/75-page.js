/* The page around the map: rows of its own tables pick what they name, and the map turns to another language at
   the click on it, before the page has answered. Only in the app, whose page and map come from one server. */
(function () {
  'use strict';
  var GP = window.GeoplanMap, KEY = 'geoplanListener';

  function pageOf() {
    try {
      return window.Streamlit && window.parent !== window ? window.parent.document : null;
    } catch (error) {  // a page of another origin
      return null;
    }
  }

  GP.parts.push(function (gp, map, box) {
    var page = pageOf(), tongues = {}, find = null;
    if (!page) return {};

    function picked(button) {
      var pick = {kind: button.getAttribute('data-gp-kind'), id: button.getAttribute('data-gp-id')};
      if (gp.state.marks) gp.update(Object.assign({}, gp.state, {pick: pick}));
      GP.tell(Object.assign({move: true}, pick));
    }

    function turned(label) {
      var scene = tongues[label];
      if (scene) gp.update(Object.assign({}, gp.state, {scene: scene}));
    }

    /* What the server looks for, on texts it has folded: every word anywhere, whatever its case or width. */
    function typed(event) {
      var at = event.target.closest && event.target.closest('[class*="st-key-facilities-q-"] input'), asked = find;
      if (!at || !asked) return;
      gp.fetched(asked).then(function (texts) {
        if (find !== asked) return;
        var words = at.value.normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean);
        var shown = asked.among.filter(function (id) {
          return words.every(function (word) { return texts[id].indexOf(word) >= 0; });
        });
        gp.update(Object.assign({}, gp.state, {shown: shown}));
      }).catch(function () {});
    }

    function clicked(event) {
      var at = event.target.closest && event.target.closest('[data-gp-kind][data-gp-id], [class*="st-key-lang-"] button');
      if (!at) return;
      if (at.hasAttribute('data-gp-id')) picked(at); else turned(at.textContent.trim());
    }

    /* One listener on the page, whichever map came last: a map that is gone must not answer. */
    if (page[KEY]) page[KEY]();
    page[KEY] = function () {
      page.removeEventListener('click', clicked, true);
      page.removeEventListener('input', typed, true);
    };
    page.addEventListener('click', clicked, true);  // on the way down: a control may keep its clicks to itself
    page.addEventListener('input', typed, true);
    window.addEventListener('pagehide', page[KEY]);

    return {
      state: function (state) {
        tongues = state.tongues || {};
        find = state.find || null;
        /* Fetched once the map has been drawn and the browser has nothing else to do. */
        var soon = window.requestIdleCallback || function (act) { return setTimeout(act, 500); };
        Object.keys(tongues).map(function (label) { return tongues[label]; }).concat(find || []).forEach(function (part) {
          soon(function () { gp.fetched(part).catch(function () {}); });
        });
      }
    };
  });
})();
