#!/usr/bin/php
<?php
// Prints a ranking over HTTP, and asks again each second whether it has changed.
//
//   rest.php http://HOST:PORT BLOC/YEAR PERIOD [READINGS [FRESHNESS_TOKEN]]
//
// READINGS (1): how often it is read; 0: for ever. With the FRESHNESS_TOKEN that a write answered, the
// first reading is not older than that write. Debian: php-cli.

const SECONDS = 1;  // As Cache-Control says (max-age).
const PATIENCE = 10;

// An answer that asking again would not change.
class Refused extends Exception {}
// Nobody answers for now.
class Away extends Exception {}

// The ETag and the JSON; null in its place: as it was (304). Waits for who is away.
function get(string $url, array $headers): array {
    $until = time() + PATIENCE;
    while (true) {
        $context = stream_context_create(
            ['http' => ['header' => $headers, 'ignore_errors' => true, 'timeout' => 40]]);
        $body = @file_get_contents($url, false, $context);
        $told = ['etag' => '', 'retry-after' => ''];
        $status = 0;
        foreach ($body === false ? [] : $http_response_header as $line) {
            if (preg_match('{^HTTP/\S+ (\d+)}', $line, $match)) {
                $status = (int)$match[1];
            } else {
                [$name, $value] = explode(':', $line, 2);
                $told[strtolower($name)] = trim($value);
            }
        }
        if ($status === 304) {
            return [$told['etag'], null];
        }
        $json = $body === false ? null : json_decode($body, true);
        if ($status === 200) {
            return [$told['etag'], $json];
        }
        if (!in_array($status, [0, 429, 502, 503, 504], true)) {
            $error = $json['error'] ?? null;
            if ($error === null) {
                throw new Refused("HTTP $status");  // By something in between.
            }
            // For programs: `reason` of the ErrorInfo; for people: `message`, in Vietnamese.
            $reason = array_column($error['details'], 'reason')[0] ?? $error['status'];
            throw new Refused("$status $reason: {$error['message']}");
        }
        $why = $status === 0 ? 'no answer' : "HTTP $status";
        $pause = ctype_digit($told['retry-after']) ? (int)$told['retry-after'] : 1;
        if (time() + $pause > $until) {
            throw new Away($why);
        }
        fwrite(STDERR, "$why; again in $pause s\n");
        sleep($pause);
    }
}

function show(array $answer): void {
    $ranking = $answer['ranking'];
    $state = substr($ranking['state'], strlen('STATE_'));  // PROVISIONAL or FINAL: show it.
    $stale = $answer['stale'] ? ' stale' : '';
    echo "{$ranking['blocDisplayName']}, {$ranking['periodDisplayName']}: {$ranking['revision']}",
        " $state$stale\n";
    foreach ($ranking['rows'] as $row) {
        $place = $row['rank'] ?: '-';
        echo "$place. {$row['unitDisplayName']}: {$row['total']}\n";
    }
}

function main(string $portal, string $bloc_and_year, string $period, string $readings = '1',
              string $token = ''): void {
    [$bloc, $year] = explode('/', $bloc_and_year);
    $url = "$portal/v1/blocs/$bloc/pacts/$year/periods/$period/ranking";
    $etag = '';
    $shown = null;
    for ($reading = 1; ; ++$reading) {
        $query = $token === '' ? '' : '?' . http_build_query(['freshnessToken' => $token]);
        try {
            [$new_etag, $answer] = get($url . $query, $etag === '' ? [] : ["If-None-Match: $etag"]);
            if ($answer === null) {
                echo "unchanged\n";
            } elseif ($shown !== null
                      // As text: PHP's < would take two texts of digits for numbers.
                      && strcmp($answer['ranking']['revision'], $shown['ranking']['revision']) < 0) {
                echo "older than what is shown: passed over\n";  // By a portal that is behind.
            } else {
                show($answer);
                // What is never gone back from needs no token any more.
                [$etag, $shown, $token] = [$new_etag, $answer, ''];
            }
        } catch (Away $why) {
            if ($shown === null) {
                throw $why;
            }
            // Cache-Control allows it for a day (stale-if-error).
            echo "{$why->getMessage()}: shown is what held at {$shown['ranking']['dataTime']}\n";
        }
        if ($reading === (int)$readings) {
            return;
        }
        sleep(SECONDS);
    }
}

try {
    main(...array_slice($argv, 1));
} catch (Refused | Away $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
