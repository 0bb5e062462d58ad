#!/usr/bin/env node
// Prints a ranking from Redis, then every change of it and of others.
//
//   REDIS_URL=redis://reader:PASSWORD@HOST:PORT read_ranking.js BLOC/YEAR PERIOD [ID [COUNT]]
//
// With an ID ("0", or the last one you have) it then follows the stream from there, until COUNT entries
// were told (0: for ever). Debian: node-redis (with another nodejs: NODE_PATH=/usr/share/nodejs); npm: redis.
'use strict';
const crypto = require('crypto');
const redis = require('redis');

const CHANGES = 'thidua:pub:v1:changes';

// The ranking and its revision; null: there is none (any more).
async function read(client, key) {
  // One command: the fields are of one revision. As bytes, for the protobuf is no text.
  const [revision, sha256, protobuf, json] = await client.hmGet(
      redis.commandOptions({returnBuffers: true}), key, ['revision', 'sha256', 'protobuf', 'json']);
  if (protobuf === null) return null;
  if (crypto.createHash('sha256').update(protobuf).digest('hex') !== sha256.toString()) {
    throw new Error(`${key}: not whole; it is put right within seconds`);
  }
  return [revision.toString(), JSON.parse(json.toString())];
}

// Prints it, unless what was shown is as new: a replica of Redis may be behind.
async function show(client, key, shown) {
  const found = await read(client, key);
  if (found === null) {
    console.log(`${key}: no ranking`);
    shown.delete(key);
    return;
  }
  const [revision, ranking] = found;
  if (revision < (shown.get(key) || '')) return;
  shown.set(key, revision);
  console.log(`${ranking.blocDisplayName}, ${ranking.periodDisplayName}: ${revision}`);
  for (const row of ranking.rows) {
    console.log(`${row.rank || '-'}. ${row.unitDisplayName}: ${row.total}`);
  }
}

async function follow(client, lastId, count, shown) {
  let told = 0;
  while (!count || told < count) {
    // Waits in Redis, five seconds at a time.
    const streams = await client.xRead({key: CHANGES, id: lastId}, {COUNT: 100, BLOCK: 5000});
    for (const {id, message} of streams === null ? [] : streams[0].messages) {
      ++told;
      lastId = id;
      console.log(`${id} ${message.change} ${message.revision}`);
      // What was shown may have been wrong, and passed itself off as newer.
      if (message.change === 'MENDED') shown.delete(message.ranking);
      try {
        await show(client, message.ranking, shown);
      } catch (notWhole) {
        console.log(notWhole.message);  // An entry follows once it is put right.
      }
    }
  }
}

async function main([blocAndYear, period, lastId, count]) {
  const client = redis.createClient({url: process.env.REDIS_URL});
  client.on('error', error => console.error(error.message));
  await client.connect();
  const shown = new Map();
  await show(client, `thidua:pub:v1:ranking:{${blocAndYear}}:${period}`, shown);
  if (lastId !== undefined) await follow(client, lastId, Number(count || 0), shown);
  await client.quit();
}

main(process.argv.slice(2)).catch(error => {
  console.error(error.message);
  process.exit(1);
});
