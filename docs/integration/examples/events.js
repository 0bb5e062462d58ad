#!/usr/bin/env node
// Prints every ranking that is shown, and from then on each as soon as it changes: server-sent events.
//
//   events.js http://HOST:PORT [PERIODS]
//
// PERIODS: which, "blocs/khoi-thi-dua-4/pacts/-/periods/-"; "-" stands for all. Goes on until it is
// stopped, whatever goes away in between. Needs nothing but Node.js 18.
'use strict';

// A bookmark comes each second, a comment each 15 seconds where there are none: then the line is dead.
const SILENCE_MAX = 45000;

// The rankings that are shown, and whether all of them have been told of.
class Shown {
  revisions = new Map();
  told = new Set();
  whole = false;
  stale = false;

  // The present state comes whole: what it does not hold is gone.
  beginAnew() {
    this.told.clear();
    this.whole = false;
  }

  take(name, data) {
    if ((data.stale ?? this.stale) !== this.stale) {
      this.stale = data.stale;
      console.log(this.stale ? 'stale: what is shown may have been overtaken' : 'not stale');
    }
    if (name === 'restart') {
      this.beginAnew();
      console.log('restart');
    } else if (name === 'ranking') {
      this.show(data.ranking.ranking);
    } else if (name === 'removed') {
      this.remove(`${data.removed}/ranking`);
    } else if ((name === 'snapshotEnd' || name === 'bookmark') && !this.whole && !data.stale) {
      for (const name of [...this.revisions.keys()]) if (!this.told.has(name)) this.remove(name);
      this.whole = true;
      console.log(`whole: ${this.revisions.size} rankings`);
    }
    // Others may come to be: they are passed over.
  }

  show(ranking) {
    this.told.add(ranking.name);
    // What is shown already may be told again.
    if (ranking.revision <= (this.revisions.get(ranking.name) || '')) return;
    this.revisions.set(ranking.name, ranking.revision);
    console.log(`${ranking.blocDisplayName}, ${ranking.periodDisplayName}: ${ranking.revision} ` +
                ranking.state.replace('STATE_', ''));
    for (const row of ranking.rows) {
      console.log(`${row.rank || '-'}. ${row.unitDisplayName}: ${row.total}`);
    }
  }

  remove(name) {
    if (this.revisions.delete(name)) console.log(`${name}: gone`);
  }
}

// The lines of an answer's body as they come; an error when nothing comes for SILENCE_MAX.
async function* lines(answer, aborter) {
  let rest = '';
  let timer;
  const decoder = new TextDecoder();
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => aborter.abort(new Error('silence')), SILENCE_MAX);
  };
  try {
    watch();
    for await (const bytes of answer.body) {
      watch();
      const parts = (rest + decoder.decode(bytes, {stream: true})).split('\n');
      rest = parts.pop();
      yield* parts;
    }
  } finally {
    clearTimeout(timer);
  }
}

async function follow(url, place, shown) {
  const headers = {Accept: 'text/event-stream'};
  if (place.lastId) headers['Last-Event-ID'] = place.lastId;
  else shown.beginAnew();
  const aborter = new AbortController();
  const answer = await fetch(url, {headers, signal: aborter.signal});
  if (answer.status !== 200) {
    const error = new Error(`HTTP ${answer.status}`);
    // It will not be otherwise.
    error.refused = ![429, 502, 503, 504].includes(answer.status);
    if (error.refused) error.message = `${answer.status} ${(await answer.json()).error.message}`;
    else await answer.body?.cancel();
    throw error;
  }
  let name = 'message', data = '';
  for await (const line of lines(answer, aborter)) {
    const [, field, value] = line.match(/^([^:]*):? ?(.*)$/);
    if (field === 'event') name = value;
    else if (field === 'data') data += value;
    else if (field === 'id') place.lastId = value;
    else if (field === 'retry') place.retry = Number(value);
    else if (line === '' && data !== '') {  // That was one event.
      if (name === 'error') throw new Error(JSON.parse(data).error.message);
      shown.take(name, JSON.parse(data));
      [name, data] = ['message', ''];
    }
  }
  throw new Error('the stream ended');
}

async function main([portal, periods]) {
  const query = periods ? `?${new URLSearchParams({periods})}` : '';
  const place = {lastId: '', retry: 2000};
  const shown = new Shown();
  for (;;) {
    try {
      await follow(`${portal}/v1/rankings:watch${query}`, place, shown);
    } catch (error) {
      if (error.refused) throw error;
      console.error(`${error.message}; again in ${place.retry / 1000} s`);
      await new Promise(resolve => setTimeout(resolve, place.retry));
    }
  }
}

main(process.argv.slice(2)).catch(error => {
  console.error(error.message);
  process.exit(1);
});
