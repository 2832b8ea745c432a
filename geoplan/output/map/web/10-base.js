/* The map of a plan in the browser. One script for every plan, language and page: what is shown comes
   through `map.geoplan.update(state)`, heavy parts by address from the server that served the page.
   What people wrote is set with `textContent` and never becomes markup. */
(function () {
  'use strict';
  var GP = window.GeoplanMap = {parts: []};

  GP.element = function (tag, name, content) {
    var e = document.createElement(tag);
    if (name) e.className = name;
    if (content !== undefined) e.textContent = content;
    return e;
  };

  /* Signs of tools, drawn in a box of 24 × 24: fonts may lack them. */
  GP.SIGNS = {
    home: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
    full: 'M4 8V4h4M20 8V4h-4M4 16v4h4M20 16v4h-4M9 9h6v6H9Z',
    measure: 'M3 16 16 3l5 5L8 21ZM7 12l2 2M10 9l3 3M13 6l2 2',
    polygon: 'M5 9l7-5 8 6-3 9H8Z', edit: 'M4 20l4-1L19 8l-3-3L5 16ZM14 7l3 3', remove: 'M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13',
    box: 'M4 6h16v12H4Z', done: 'M4 12l5 6L20 5', cancel: 'M5 5l14 14M19 5L5 19',
    back: 'M9 6l-5 5 5 5M4 11h10a5 5 0 0 1 0 10h-3'
  };

  GP.drawn = function (path) {
    var ns = 'http://www.w3.org/2000/svg', svg = document.createElementNS(ns, 'svg');
    var line = document.createElementNS(ns, 'path');
    [['viewBox', '0 0 24 24'], ['width', '18'], ['height', '18'], ['aria-hidden', 'true']].forEach(function (pair) {
      svg.setAttribute(pair[0], pair[1]);
    });
    [['d', path], ['fill', 'none'], ['stroke', 'currentColor'], ['stroke-width', '2'], ['stroke-linejoin', 'round'],
      ['stroke-linecap', 'round']].forEach(function (pair) { line.setAttribute(pair[0], pair[1]); });
    svg.appendChild(line);
    return svg;
  };

  GP.button = function (name, sign, title, act) {
    var e = GP.element('button', 'gp-tool ' + name);
    e.type = 'button';
    e.appendChild(GP.drawn(GP.SIGNS[sign]));
    GP.title(e, title);
    e.onclick = act;
    return e;
  };

  GP.title = function (element, title) {
    element.title = title;
    element.setAttribute('aria-label', title);
  };

  GP.corner = function (map, position, element) {
    var control = L.control({position: position});
    control.onAdd = function () {
      L.DomEvent.disableClickPropagation(element);
      L.DomEvent.disableScrollPropagation(element);
      return element;
    };
    return control.addTo(map);
  };

  GP.still = function () {
    return Boolean(window.matchMedia && window.matchMedia('(prefers-reduced-motion: reduce)').matches);
  };

  /* What a person did, told to the page: the component's frame hands it to the app. */
  var told = 0;
  GP.tell = function (event) {
    event.n = told += 1;
    event.at = Date.now();
    if (window.Streamlit) window.Streamlit.setComponentValue({geoplan: event});
    else window.dispatchEvent(new CustomEvent('geoplan', {detail: event}));
  };

  GP.start = function (map) {
    map.setMinZoom(2).setMaxZoom(22);
    var box = map.getContainer(), gp = map.geoplan = {map: map, state: {}, scene: null, view: null, texts: {}};
    var kept = {}, turn = null, latest = 0, tries = 0, parts = GP.parts.map(function (make) { return make(gp, map, box); });

    gp.each = function (name) {
      var given = Array.prototype.slice.call(arguments, 1);
      parts.forEach(function (part) { if (part && part[name]) part[name].apply(null, given); });
    };

    gp.say = function (name) { return gp.texts[name] || name; };

    function fetched(part) {
      if (!part) return Promise.resolve(null);
      if (part.data) return Promise.resolve(part.data);
      if (!kept[part.link]) {
        kept[part.link] = fetch(part.link, {credentials: 'same-origin'}).then(function (answer) {
          if (!answer.ok) throw new Error('status ' + answer.status);
          return answer.json();
        });
        kept[part.link].catch(function () { delete kept[part.link]; });
      }
      return kept[part.link];
    }

    gp.fetched = fetched;

    gp.fit = function (view) {
      if (!view) return;
      var size = map.getSize(), narrow = size.x < 620;
      map.fitBounds(view, {paddingTopLeft: [narrow ? 34 : 54, 54], paddingBottomRight: [narrow ? 54 : 70, 44],
        animate: false, maxZoom: 18});
    };

    gp.show = function (view) {
      gp.moved = false;
      gp.view = view;
      gp.fit(view);
    };

    gp.home = function () { if (gp.scene) gp.show(gp.scene.view); };

    gp.update = function (state) {
      var mine = latest += 1;
      box.classList.add('gp-waiting');
      Promise.all([fetched(state.scene)].concat((state.overlays || []).map(fetched))).then(function (got) {
        if (mine !== latest) return;
        var scene = got[0], overlays = got.slice(1), anew = scene !== gp.scene;
        var other = !gp.scene || gp.scene.plan !== scene.plan;
        gp.state = state;
        gp.texts = scene.texts;
        box.classList.toggle('gp-room-above', Boolean(state.room_above));
        if (anew) {
          gp.scene = scene;
          box.setAttribute('lang', scene.language);
          box.setAttribute('aria-label', scene.texts.map);
          gp.each('scene', scene);
        }
        gp.each('overlays', overlays, state);
        gp.each('state', state, anew);
        if (other || (state.turn !== undefined && state.turn !== turn)) {
          turn = state.turn;
          gp.show(state.focus || scene.view);
        }
        gp.each('settle');
        tries = 0;
        box.classList.remove('gp-waiting', 'gp-lost');
        box.dataset.ready = String(mine);
      }).catch(function (error) {
        if (mine !== latest) return;
        box.classList.remove('gp-waiting');
        box.classList.add('gp-lost');
        box.dataset.trouble = String(error && error.message || error);
        /* The server dropped what nobody had asked for in a long time: the page, told so, puts it there again. */
        GP.tell({kind: 'lost'});
        tries += 1;
        if (tries <= 3) setTimeout(function () { if (mine === latest) gp.update(state); }, 1500 * tries);
      });
    };

    ['mousedown', 'wheel', 'touchstart', 'keydown'].forEach(function (kind) {
      box.addEventListener(kind, function () { gp.moved = true; }, {passive: true});
    });
    map.on('resize', function () { if (!gp.moved) gp.fit(gp.view); });
    map.on('moveend zoomend resize', function () { gp.each('settle'); });
    if (document.fonts && document.fonts.ready) document.fonts.ready.then(function () { gp.each('settle'); });
    /* The style sheet may come after the script, and the frame may take its size after that. */
    window.addEventListener('load', function () { gp.each('settle'); });
    setTimeout(function () { map.invalidateSize(); gp.each('settle'); }, 400);
    return gp;
  };
})();
