// The boot script: what must work before, and without, WebAssembly.
//
// It sets the language of the static shell, fills in the IT contact from config.json, and shows the static explanation
// when the browser cannot run the page, when a part of it cannot be loaded, or when it stops. It is a plain script so
// that old browsers can run it, and it writes text only (never HTML): Trusted Types are on.
(function () {
  'use strict';
  var root = document.documentElement;
  var asked = [];
  try { asked = [sessionStorage.getItem('portal.locale')]; } catch (refused) { asked = []; }
  asked = asked.concat(navigator.languages || [navigator.language]);
  for (var i = 0; i < asked.length; i += 1) {
    var language = String(asked[i] || '').slice(0, 2).toLowerCase();
    if (language === 'ja' || language === 'en') { root.lang = language; break; }
  }
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

  if (window.fetch) {
    fetch('/config.json', { credentials: 'same-origin' })
      .then(function (answer) { return answer.ok ? answer.json() : {}; })
      .then(function (config) { whenParsed(function () { showContact((config && config.support) || {}); }); })
      .catch(function () { /* the page itself explains a missing configuration */ });
  }

  if (typeof WebAssembly !== 'object' || !window.crypto || !window.fetch || !window.HTMLDialogElement) {
    explain('browser');
    return;
  }

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
