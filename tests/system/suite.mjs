// The whole suite for a test in Node: the three real services and the portal on free ports of
// loopback, with their data in a folder of their own.
//
//   const suite = await Suite.start(binaries, { web });
//   const token = suite.load(khoi4);          // what was loaded, or newer
//   await fetch(`${suite.portal}/v1/…`);
//   await suite.kill("portal");               // at once, as when its machine goes
//   await suite.restart("portal");            // at its old address, with its data
//   await suite.stop();                       // fails when one had ended by itself, or does not end well
import {execFileSync, spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

// The test's own addresses only, whatever the environment says.
const environment =
    Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('THIDUA_')));

// As the Suite of suite.cc: what is under way has 5 s, and a sanitizer looks for leaks.
const endMaxMs = 60_000;

const hasEnded = (child) => child.exitCode !== null || child.signalCode !== null;

export class Suite {
  #binaries;
  #folder = mkdtempSync(join(tmpdir(), 'thidua-suite-'));
  // By name: the process, where it listens, and what it was started with.
  #started = new Map();
  #addresses = [];
  portal = '';  // "http://127.0.0.1:PORT"

  // `web`: the folder of the pages; without: those that were built. `flags`: of the portal.
  static async start(binaries, {web, flags = []} = {}) {
    const suite = new Suite();
    suite.#binaries = binaries;
    try {
      const registry = await suite.#start('registry');
      const results = await suite.#start('results-ingest', `--registry=${registry}`);
      const scoring = await suite.#start('scoring', `--results=${results}`);
      suite.#addresses = [`--registry=${registry}`, `--results=${results}`, `--scoring=${scoring}`];
      const pages = web === undefined ? [] : [`--web_dir=${web}`];
      suite.portal =
          `http://${await suite.#start('portal', ...suite.#addresses, ...pages, ...flags)}`;
      return suite;
    } catch (error) {
      await suite.stop().catch(() => {});  // Why it did not start says more.
      throw error;
    }
  }

  // A folder of messages, by the command; answers the freshness token of the last.
  load(data) {
    const told = this.command('--json', 'load', data);
    return /"freshnessToken": *"([^"]*)"/.exec(told)?.[1] ?? '';
  }

  // The command `thidua` with these words: its stdout.
  command(...words) {
    return execFileSync(join(this.#binaries, 'thidua'), [...this.#addresses, ...words], {
      env: environment,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  // All at once, as each takes its time; whoever reads another hears of it first.
  async stop() {
    const wrong = [];
    const ends = [...this.#started].reverse().map(async ([name, one]) => {
      if (one.killed) return;
      const ran = !hasEnded(one.child);
      const inTime = await this.#end(one.child, 'SIGTERM');
      if (ran && inTime && one.child.exitCode === 0) return;
      const how = `${one.child.exitCode ?? one.child.signalCode}`;
      wrong.push(`${name} ended ${ran ? 'after SIGTERM' : 'by itself'} with ${how}:\n${one.log}`);
    });
    await Promise.all(ends);
    rmSync(this.#folder, {recursive: true, force: true});
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  }

  // Without warning: nothing is finished, nobody is told.
  async kill(name) {
    const one = this.#started.get(name);
    if (hasEnded(one.child)) throw new Error(`${name} had ended by itself:\n${one.log}`);
    one.killed = true;
    await this.#end(one.child, 'SIGKILL');
  }

  // One that was killed, where it was before.
  async restart(name) {
    const {address, flags} = this.#started.get(name);
    await this.#run(name, address, flags);
  }

  // Whether it went in time; if not, it is made to.
  async #end(child, signal) {
    if (hasEnded(child)) return true;
    const gone = new Promise((done) => child.on('exit', () => done(true)));
    child.kill(signal);
    let timer;
    const late = new Promise((done) => (timer = setTimeout(() => done(false), endMaxMs)));
    const inTime = await Promise.race([gone, late]);
    clearTimeout(timer);
    if (!inTime) child.kill('SIGKILL');
    await gone;
    return inTime;
  }

  #start(name, ...flags) {
    return this.#run(name, '127.0.0.1:0', flags);
  }

  // Answers where it listens, when it says so.
  async #run(name, listen, flags) {
    const child = spawn(
        join(this.#binaries, `thidua-${name}`),
        [`--listen=${listen}`, `--data_dir=${join(this.#folder, name)}`, ...flags],
        {env: environment, stdio: ['ignore', 'pipe', 'pipe']},
    );
    const known = {child, address: '', flags, log: '', killed: false};
    this.#started.set(name, known);
    child.stderr.on('data', (text) => (known.log = (known.log + text).slice(-4000)));
    const failed = new Promise((_, refuse) => {
      child.on('error', refuse);
      child.on('exit', (code) => refuse(new Error(`${name} ended with ${code}:\n${known.log}`)));
    });
    failed.catch(() => {});
    const ready = (async () => {
      for await (const line of createInterface(child.stdout)) {
        if (line.startsWith('ready ')) return line.slice('ready '.length);
      }
      return failed;
    })();
    known.address = await Promise.race([ready, failed]);
    return known.address;
  }
}
