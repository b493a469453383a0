// The boot script: what must work before, and without, WebAssembly.
//
// It chooses the language and begins to load its texts while the module is still on its way, fills in the IT contact from
// config.json, and shows the static explanation when the browser cannot run the page, when a part of it cannot be loaded,
// or when it stops. It is a plain script so that old browsers can run it, and it writes text only (never HTML): Trusted
// Types are on.
(function () {
  'use strict';
  var root = document.documentElement;
  // The languages there are, the fallback first: tag, address and integrity of the texts of a first visit, and under
  // `lazy` those of the lazily loaded screens. Written by `cargo xtask dist`.
  var languages = JSON.parse(document.getElementById('languages').textContent);
  // Where the portal lies on its host: nothing at the top, else a path, which whoever serves the page writes here.
  var base = root.getAttribute('data-base') || '';
  var chosen = null;
  try { chosen = sessionStorage.getItem('portal.locale'); } catch (refused) { chosen = null; }

  // The rule of src/i18n/locale.rs: the same language, and the same script where a file is for one script of several.
  function serves(tag, wish) {
    var own = tag.toLowerCase().split('-');
    var asked = wish.toLowerCase().split(/[-_]/);
    var script = asked.slice(1).filter(function (part) { return part.length === 4; })[0];
    var usual = asked.slice(1).some(function (part) { return /^(tw|hk|mo)$/.test(part); }) ? 'hant' : 'hans';
    return own[0] === asked[0] && (own.length < 2 || own[1] === (script || usual));
  }

  function languageFor(configured) {
    var wishes = [chosen, configured].concat(navigator.languages || [navigator.language]);
    for (var w = 0; w < wishes.length; w += 1) {
      for (var l = 0; l < languages.length; l += 1) {
        if (serves(languages[l].tag, String(wishes[w] || ''))) { return languages[l]; }
      }
    }
    return languages[0];
  }

  function texts(file) {
    if (!file) { return Promise.resolve(''); }
    return Promise.race([
      fetch(file.src, { integrity: file.integrity }).then(function (answer) {
        if (!answer.ok) { throw new Error('texts: ' + answer.status); }
        return answer.text();
      }),
      new Promise(function (_, refuse) { window.setTimeout(refuse, 40000); })
    ]);
  }

  // The static shell speaks two languages.
  var shown = languageFor(null);
  if (shown && shown.tag === 'ja') { root.lang = 'ja'; }
  root.className = 'js';
  if (root.lang === 'ja') { document.title = 'ポータル サイト'; }

  function whenParsed(action) {
    if (document.readyState === 'loading') { document.addEventListener('DOMContentLoaded', action); } else { action(); }
  }

  // The page empties #portal when it mounts: as long as the shell stands there, it has not started.
  function hasStarted() { return !document.querySelector('.shell'); }

  function explain(cause) {
    whenParsed(function () {
      var failed = document.getElementById('failed');
      if (!failed || !failed.hidden) { return; }
      var blocks = failed.querySelectorAll('[data-cause]');
      for (var n = 0; n < blocks.length; n += 1) { blocks[n].hidden = blocks[n].getAttribute('data-cause') !== cause; }
      var portal = document.getElementById('portal');
      if (hasStarted()) { portal.hidden = true; } else { root.className = 'js stopped'; }
      failed.hidden = false;
      failed.querySelector('[role=alert]').focus();
    });
  }

  function way(text, address) {
    var item = document.createElement('li');
    var target = item;
    if (address) {
      target = document.createElement('a');
      target.href = address;
      item.appendChild(target);
    }
    target.textContent = text;
    return item;
  }

  function showContact(support) {
    var ways = [];
    if (support.name) { ways.push([support.name, '']); }
    if (support.phone) { ways.push([support.phone, 'tel:' + support.phone.replace(/[^0-9+]/g, '')]); }
    if (support.email) { ways.push([support.email, 'mailto:' + support.email]); }
    if (/^https?:\/\//i.test(support.url || '')) { ways.push([support.url, support.url]); }
    if (!ways.length) { return; }
    var lists = document.querySelectorAll('[data-contact]');
    for (var l = 0; l < lists.length; l += 1) {
      for (var w = 0; w < ways.length; w += 1) { lists[l].appendChild(way(ways[w][0], ways[w][1])); }
    }
    var placeholder = document.querySelector('[data-no-contact]');
    if (placeholder) { placeholder.hidden = true; }
  }

  // Answers asked for while the module is on its way, by address. The page takes each once (src/browser/http.rs), and asks
  // by itself for what is not here, failed, or took ten seconds.
  var early = {};
  function ask(address) {
    var controller = new AbortController();
    window.setTimeout(function () { controller.abort(); }, 10000);
    early[address] = fetch(address.charAt(0) === '/' ? base + address : address, {
      credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer', signal: controller.signal
    });
    return early[address].then(function (answer) { return answer.clone(); });
  }
  window.portalEarly = function (address) {
    var answer = early[address];
    delete early[address];
    return answer || Promise.reject(new Error('not asked for'));
  };

  // Nobody signs in on the first page without pressing a button; everywhere else the provider is asked soon.
  function askProvider(config) {
    if (location.pathname === base + '/' || config.mode === 'session' || typeof config.authority !== 'string') { return; }
    ask(config.authority.replace(/\/+$/, '') + '/.well-known/openid-configuration').catch(function () { /* the page asks again */ });
  }

  var configured = !window.fetch || !window.AbortController ? null : ask('/config.json')
    .then(function (answer) { return answer.ok ? answer.json() : {}; })
    .then(function (config) {
      if (config) { askProvider(config); }
      return config;
    })
    .catch(function () { return {}; /* the page itself explains a missing configuration */ })
    .then(function (config) {
      whenParsed(function () { showContact((config && config.support) || {}); });
      return config && config.defaultLocale;
    });

  var hasWasm = typeof WebAssembly === 'object';
  var isRecent = window.crypto && window.fetch && window.HTMLDialogElement;
  if (!hasWasm || !isRecent) {
    // A browser that has all the rest was told to do without it: Apple's Lockdown Mode does that.
    explain(isRecent ? 'lockdown' : 'browser');
    return;
  }

  // The page asks for the texts of a language by its tag, and for the lazily loaded ones by themselves; without a tag, for the
  // language to begin with. The organisation's language goes before the browser's, so config.json is waited for, but not
  // for long.
  var patience = new Promise(function (go) { window.setTimeout(go, 5000); });
  var first = Promise.race(chosen ? [null] : [configured, patience]).then(function (tag) {
    return texts(languageFor(tag));
  });
  first.catch(function () { explain('load'); });
  window.portalTexts = function (tag, isLazy) {
    if (!tag) { return first; }
    var language = languages.filter(function (one) { return one.tag === tag; })[0];
    return texts(isLazy && language ? language.lazy : language);
  };

  // Before the page has started, anything that fails is a reason to explain; afterwards only a fault of the page's own
  // code is (an extension's error must not take the page away).
  function onFault(fault) {
    if (!hasStarted() || (fault && fault instanceof WebAssembly.RuntimeError)) { explain('load'); }
  }
  window.addEventListener('error', function (event) {
    var element = event.target && event.target.tagName;
    if (element && element !== 'SCRIPT' && element !== 'LINK') { return; }
    onFault(event.error);
  }, true);
  window.addEventListener('unhandledrejection', function (event) { onFault(event.reason); });
  window.setTimeout(function () { if (!hasStarted()) { explain('load'); } }, 45000);
}());
