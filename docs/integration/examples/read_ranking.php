#!/usr/bin/php
<?php
// Prints a ranking from Redis, then every change of it and of others.
//
//   REDIS_URL=redis://reader:PASSWORD@HOST:PORT read_ranking.php BLOC/YEAR PERIOD [ID [COUNT]]
//
// With an ID ("0", or the last one you have) it then follows the stream from there, until COUNT entries
// were told (0: for ever). Debian: php-cli, php-redis.

const CHANGES = 'thidua:pub:v1:changes';

// The ranking and its revision; null: there is none (any more).
function read_ranking(Redis $redis, string $key): ?array {
    // One command: the fields are of one revision.
    $fields = $redis->hMGet($key, ['revision', 'sha256', 'protobuf', 'json']);
    if (!is_string($fields['protobuf'])) {
        return null;
    }
    if (hash('sha256', $fields['protobuf']) !== $fields['sha256']) {
        throw new RuntimeException("$key: not whole; it is put right within seconds");
    }
    return [$fields['revision'], json_decode($fields['json'], true, 512, JSON_THROW_ON_ERROR)];
}

// Prints it, unless what was shown is as new: a replica of Redis may be behind.
function show(Redis $redis, string $key, array &$shown): void {
    $found = read_ranking($redis, $key);
    if ($found === null) {
        echo "$key: no ranking\n";
        unset($shown[$key]);
        return;
    }
    [$revision, $ranking] = $found;
    // As text: PHP's < would take two texts of digits for numbers.
    if (strcmp($revision, $shown[$key] ?? '') < 0) {
        return;
    }
    $shown[$key] = $revision;
    echo "{$ranking['blocDisplayName']}, {$ranking['periodDisplayName']}: $revision\n";
    foreach ($ranking['rows'] as $row) {
        $place = $row['rank'] ?: '-';
        echo "$place. {$row['unitDisplayName']}: {$row['total']}\n";
    }
}

function follow(Redis $redis, string $last_id, int $count, array &$shown): void {
    $told = 0;
    while ($count === 0 || $told < $count) {
        // Waits in Redis, five seconds at a time.
        $streams = $redis->xRead([CHANGES => $last_id], 100, 5000) ?: [];
        foreach ($streams[CHANGES] ?? [] as $last_id => $fields) {
            ++$told;
            echo "$last_id {$fields['change']} {$fields['revision']}\n";
            if ($fields['change'] === 'MENDED') {
                // What was shown may have been wrong, and passed itself off as newer.
                unset($shown[$fields['ranking']]);
            }
            try {
                show($redis, $fields['ranking'], $shown);
            } catch (RuntimeException $not_whole) {
                echo $not_whole->getMessage(), "\n";  // An entry follows once it is put right.
            }
        }
    }
}

$url = parse_url(getenv('REDIS_URL'));
$redis = new Redis();
$redis->connect($url['host'], $url['port'], 2, null, 0, 10);
$redis->auth([$url['user'], $url['pass']]);
$shown = [];
show($redis, "thidua:pub:v1:ranking:{{$argv[1]}}:{$argv[2]}", $shown);
if ($argc > 3) {
    follow($redis, $argv[3], (int)($argv[4] ?? 0), $shown);
}
