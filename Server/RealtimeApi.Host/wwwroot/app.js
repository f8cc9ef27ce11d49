// The live page: what is shown follows the address; one watch follows what is shown.

import { Problem, pagePath, readPage, readService, takesFilter } from './api.js';
import { ChangeList } from './changes.js';
import { Hub } from './hub.js';
import { ItemsTable } from './items.js';
import { readRoute, routeOf } from './route.js';
import { snippets } from './snippets.js';
import { exampleFilters } from './values.js';

const pageSize = 100;
const retryEvery = 2_000;
const refreshEvery = 300;

const $ = id => document.getElementById(id);
const table = new ItemsTable($('table'), $('empty'), orderby => go({ ...route, orderby }));
const changes = new ChangeList({ list: $('log'), count: $('changes-count'), empty: $('changes-empty') });

let service = { resources: [], hub: 'hubs/resources' };
let hub = null;
let route = readRoute();
let resource = null;
let snippet = snippets[0];

// All that belongs to the view shown now; replaced whole when another is shown.
let view = newView();

function newView() {
  return { abort: new AbortController(), pages: [], index: 0, count: undefined, cursor: undefined, stopWatch: null, reading: null, refresh: 0, refreshPause: refreshEvery };
}

async function start() {
  await retrying(new AbortController().signal, async () => {
    service = await readService();
    $('notice').hidden = true;
  });
  drawResources();
  const address = new URL(service.hub, location.href);
  address.protocol = address.protocol.replace('http', 'ws');
  hub = new Hub(address, state => {
    drawConnection(state);
    if (state.name === 'connected')
      refreshResources();
  });
  hub.start();
  addEventListener('hashchange', show);
  await show();
}

/** After a restart the server may have other resources than before. */
async function refreshResources() {
  const fresh = await readService().catch(() => null);
  if (fresh && JSON.stringify(fresh) !== JSON.stringify(service)) {
    service = fresh;
    drawResources();
  }
}

/** Shows what the address says. */
async function show() {
  view.abort.abort();
  view.stopWatch?.();
  clearTimeout(view.refresh);
  view = newView();
  route = readRoute();
  resource = service.resources.find(r => r.name.toLowerCase() === route.name.toLowerCase());
  if (!resource && !route.name && service.resources.length) {
    history.replaceState(null, '', routeOf({ name: (service.resources.find(r => r.watchable) ?? service.resources[0]).name }));
    return show();
  }

  drawHeading();
  drawResources();
  if (!resource) {
    table.reset({ key: [] });
    table.show([], { orderby: '', emptyText: route.name ? `There is no resource “${route.name}”.` : 'This server has no resources. Name some in its configuration, or start it with --database.' });
    changes.reset({ key: [] }, '');
    return;
  }

  table.reset(resource);
  changes.reset(resource, resource.watchable ? 'Waiting for the first change. Write to the table with any program; it shows here at once.' : 'This resource can be read, but not watched.');
  view.pages = [pagePath(resource, route, pageSize) + '&$count=true'];
  if (await load(view) && resource.watchable)
    watch(view);
}

/** Reads the page the view stands at. Says whether it came; a problem is shown. */
async function load(shown) {
  try {
    await retrying(shown.abort.signal, () => readInto(shown));
    return true;
  } catch (error) {
    if (error.name === 'AbortError')
      return false;
    if (!(error instanceof Problem))
      throw error;
    table.reset(resource);
    table.show([], { orderby: route.orderby, emptyText: 'Nothing to show.' });
    drawProblem(error);
    changes.reset(resource, 'Nothing is watched.');
    return false;
  }
}

async function readInto(shown) {
  const reading = shown.reading = { changes: [] };
  const began = performance.now();
  const page = await readPage(shown.pages[shown.index], { signal: shown.abort.signal, minCursor: shown.cursor });
  if (shown.reading !== reading)
    return;
  shown.reading = null;
  // A view that is dear to read is read less often.
  shown.refreshPause = Math.max(refreshEvery, 3 * (performance.now() - began));
  shown.since ??= page.cursor;
  shown.count = page.count ?? shown.count;
  shown.pages.length = shown.index + 1;
  if (page.nextLink) {
    const next = new URL(page.nextLink, location.href);
    shown.pages.push(next.pathname + next.search);
  }

  changes.remember(page.value);
  table.show(page.value, { orderby: route.orderby, emptyText: emptyText(shown) });
  // What came while the answer was under way may be newer than the answer.
  for (const change of reading.changes)
    table.apply(change, orderedBy());
  $('notice').hidden = true;
  drawPager(page.value.length);
  if (page.value.length && !route.filter && !$('filter').placeholder)
    suggestFilter(shown, page.value);
}

/** Shows a filter that the server takes where people write theirs. */
async function suggestFilter(shown, items) {
  const safe = `${Object.keys(items[0])[0]} ne null`;
  for (const filter of [...exampleFilters(items, resource.key), safe]) {
    const takes = filter === safe || await takesFilter(resource, filter, shown.abort.signal);
    if (shown !== view)
      return;
    if (takes) {
      $('filter').placeholder = `e.g.  ${filter}`;
      return;
    }
  }
}

function emptyText({ index }) {
  if (index > 0)
    return 'Nothing is left on this page.';
  return route.filter ? 'No item matches the filter.' : 'There are no items yet.';
}

function watch(shown) {
  shown.stopWatch = hub.watch({ resource: resource.name, filter: route.filter || undefined, since: shown.since }, {
    onLive() {
      if ($('notice').dataset.about === 'watch')
        $('notice').hidden = true;
    },
    onChanges(batch, cursor) {
      shown.cursor = cursor;
      changes.add(batch);
      shown.reading?.changes.push(...batch);
      let stale = false;
      for (const change of batch)
        stale = table.apply(change, orderedBy()) || stale;
      if (stale)
        refreshSoon(shown);
    },
    onEnded(error) {
      if (error.code === 'cursor-expired') {
        changes.note('The server’s log no longer reaches back to what was shown; the items were read anew.');
        restart(shown);
      } else {
        say(`Not live: ${error.message}`, 'watch');
      }
    },
  });
}

/** Lists again and watches from there, as after a cursor that has expired. */
async function restart(shown) {
  await pause(retryEvery, shown.abort.signal).catch(() => {});
  if (shown !== view)
    return;
  shown.since = shown.cursor = undefined;
  if (await load(shown))
    watch(shown);
}

/** Reads the page again after changes that may have moved items into or out of it; at most every so often. */
function refreshSoon(shown) {
  shown.refresh ||= setTimeout(async () => {
    shown.refresh = 0;
    if (shown !== view)
      return;
    if (shown.reading)
      return refreshSoon(shown);
    await load(shown);
  }, shown.refreshPause);
}

async function turnTo(index) {
  view.index = index;
  table.reset(resource);
  await load(view);
  $('items').scrollTop = 0;
}

const go = next => {
  location.hash = routeOf(next);
};

const orderedBy = () => [...route.orderby.split(',').map(term => term.trim().split(/\s+/)[0].toLowerCase()), ...resource.key.map(field => field.toLowerCase())];

/** Repeats what fails for a reason that passes by itself. */
async function retrying(signal, action) {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (!error.passes)
        throw error;
      say(`${error.message} Trying again…`, 'read');
      await pause(retryEvery, signal);
    }
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('The view is no longer shown.', 'AbortError'));
    }, { once: true });
  });
}

function drawResources() {
  $('resources').replaceChildren(...service.resources.map(described => {
    const link = document.createElement('a');
    link.href = routeOf({ name: described.name });
    link.textContent = described.name;
    if (described.name === resource?.name)
      link.setAttribute('aria-current', 'page');
    if (!described.watchable) {
      link.classList.add('still');
      link.title = 'Can be read, but not watched';
    }
    const item = document.createElement('li');
    item.append(link);
    return item;
  }));
  $('resources').querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

function drawHeading() {
  document.title = resource ? `${resource.name} – RealtimeApi` : 'RealtimeApi';
  $('resource-name').textContent = resource?.name ?? '\u00a0';
  const tags = resource ? [resource.watchable ? 'watchable' : 'not watchable', ...(resource.writable ? ['writable'] : []), resource.key.length ? `key ${resource.key.join(', ')}` : 'no key'] : [];
  $('resource-tags').replaceChildren(...tags.map(text => {
    const tag = document.createElement('span');
    tag.textContent = text;
    return tag;
  }));
  $('filter').value = route.filter;
  $('filter').placeholder = '';
  $('clear').hidden = !route.filter;
  $('filter').removeAttribute('aria-invalid');
  $('filter-problem').hidden = true;
  $('notice').hidden = true;
  $('count').textContent = '';
  $('page').textContent = '';
  $('previous').disabled = $('next').disabled = true;
  drawSnippet();
}

function drawPager(length) {
  const { index, count, pages } = view;
  const first = index * pageSize + 1;
  const total = count?.toLocaleString('en');
  $('count').textContent = count === undefined ? '' : count === 1 ? '1 item' : `${total} items`;
  $('page').textContent = length ? `${first.toLocaleString('en')}–${(first + length - 1).toLocaleString('en')}${count === undefined ? '' : ` of ${total}`}` : '';
  $('previous').disabled = index === 0;
  $('next').disabled = index + 1 >= pages.length;
}

function drawProblem(problem) {
  const box = $('filter-problem');
  box.replaceChildren(problem.message);
  if (problem.code === 'invalid-query' && Number.isInteger(problem.at) && problem.at <= route.filter.length) {
    const place = document.createElement('code');
    const mark = document.createElement('mark');
    mark.textContent = route.filter.slice(problem.at, problem.at + 1) || '\u00a0';
    place.append(route.filter.slice(0, problem.at), mark, route.filter.slice(problem.at + 1));
    box.append(place);
  }
  box.hidden = false;
  if (problem.code === 'invalid-query' && route.filter)
    $('filter').setAttribute('aria-invalid', 'true');
}

function say(text, about) {
  $('notice').textContent = text;
  $('notice').dataset.about = about;
  $('notice').hidden = false;
}

let countdown = 0;

function drawConnection({ name, retryAt, reason }) {
  clearInterval(countdown);
  $('connection').dataset.state = name;
  const texts = { connecting: 'Connecting…', connected: 'Live' };
  const draw = () => {
    const text = texts[name] ?? `${reason ? 'Refused; again' : 'Reconnecting'} in ${Math.max(1, Math.ceil((retryAt - Date.now()) / 1_000))} s`;
    if ($('connection-text').textContent !== text)
      $('connection-text').textContent = text;
  };
  draw();
  if (name === 'waiting')
    countdown = setInterval(draw, 250);
  $('connection').title = name === 'waiting' ? [reason, 'Try now'].filter(Boolean).join('\n') : '';
}

function drawSnippet() {
  $('snippet-tabs').replaceChildren(...snippets.map(choice => {
    const tab = document.createElement('button');
    tab.type = 'button';
    tab.role = 'tab';
    tab.id = `tab-${choice.name}`;
    tab.textContent = choice.name;
    tab.ariaSelected = String(choice === snippet);
    tab.tabIndex = choice === snippet ? 0 : -1;
    tab.setAttribute('aria-controls', 'snippet');
    tab.addEventListener('click', () => choose(choice));
    return tab;
  }));
  $('snippet').setAttribute('aria-labelledby', `tab-${snippet.name}`);
  $('snippet').textContent = resource ? snippet.text({ resource, ...route, hub: service.hub }) : '';
}

function choose(choice) {
  snippet = choice;
  drawSnippet();
  $(`tab-${choice.name}`).focus();
}

$('query').addEventListener('submit', event => {
  event.preventDefault();
  const filter = $('filter').value.trim();
  if (filter === route.filter)
    show();
  else
    go({ ...route, filter });
});
$('clear').addEventListener('click', () => {
  go({ ...route, filter: '' });
  $('filter').focus();
});
$('previous').addEventListener('click', () => turnTo(view.index - 1));
$('next').addEventListener('click', () => turnTo(view.index + 1));
$('connection').addEventListener('click', () => hub?.retryNow());
$('forget').addEventListener('click', () => changes.clear());
$('pause').addEventListener('click', () => {
  const paused = $('pause').getAttribute('aria-pressed') !== 'true';
  $('pause').setAttribute('aria-pressed', String(paused));
  $('pause').textContent = paused ? 'Resume' : 'Pause';
  changes.paused = paused;
});
$('snippet-tabs').addEventListener('keydown', event => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step)
    choose(snippets.at((snippets.indexOf(snippet) + step) % snippets.length));
});
$('copy').addEventListener('click', async () => {
  // Browsers offer the clipboard to pages of HTTPS and of this machine only; elsewhere the text is selected, ready to be copied.
  if (!navigator.clipboard) {
    getSelection().selectAllChildren($('snippet'));
    return;
  }
  await navigator.clipboard.writeText($('snippet').textContent);
  $('copy').textContent = 'Copied';
  setTimeout(() => $('copy').textContent = 'Copy', 1_500);
});
$('skip').addEventListener('click', event => {
  event.preventDefault();
  $('items').focus();
});

try {
  await start();
} catch (error) {
  say(error.message, 'read');
  throw error;
}
