// A load profile of seawall. Run: k6 run -e HOST=http://127.0.0.1:8400 THIS
import http from 'k6/http';
import { sleep } from 'k6';
import exec from 'k6/execution';
import { Rate } from 'k6/metrics';

const PROFILE = "PROFILE";
const MARK = '{{sequence}}';
const KEY = __ENV.SEAWALL_API_KEY;
const KEY_HEADER = KEY ? { 'X-API-Key': KEY } : {};
const WEIGHT = PROFILE.requests.reduce((sum, request) => sum + request.weight, 0);
const wrong = new Rate('wrong_answers');

// A level that is there at once is a stage of no time.
const stages = PROFILE.stretches.flatMap(([seconds, begin, end]) => [
  { duration: '0s', target: Math.round(begin) },
  { duration: `${seconds}s`, target: Math.round(end) },
]);

export const options = {
  scenarios: {
    profile: PROFILE.is_open
      ? {
          executor: 'ramping-arrival-rate',
          timeUnit: '1s',
          startRate: Math.round(PROFILE.stretches[0][1]),
          preAllocatedVUs: PROFILE.connections,
          stages,
          gracefulStop: `${PROFILE.timeout_s}s`,
        }
      : {
          executor: 'ramping-vus',
          startVUs: Math.round(PROFILE.stretches[0][1]),
          stages,
          gracefulStop: `${PROFILE.timeout_s}s`,
          gracefulRampDown: `${PROFILE.timeout_s}s`,
        },
  },
  thresholds: PROFILE.thresholds,
  summaryTrendStats: ['avg', 'min', 'p(50)', 'med', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)', 'max'],
};

function chosen() {
  let place = Math.random() * WEIGHT;
  for (const request of PROFILE.requests) {
    place -= request.weight;
    if (place < 0) return request;
  }
  return PROFILE.requests[PROFILE.requests.length - 1];
}

function isRight(answer, check) {
  const right = check.statuses.length
    ? check.statuses.includes(answer.status)
    : answer.status >= 200 && answer.status < 400;
  return right && (check.contains === '' || String(answer.body).includes(check.contains));
}

export default function () {
  const number = exec.scenario.iterationInTest;
  if (number >= PROFILE.max_requests) {
    sleep(1);
    return;
  }
  const request = chosen();
  const sequence = String(PROFILE.first_sequence + number);
  const tags = {
    name: request.label,
    phase: number < PROFILE.warmup_requests ? 'warmup' : 'main',
  };
  const answer = http.request(
    request.method,
    __ENV.HOST + request.path.split(MARK).join(sequence),
    request.body.split(MARK).join(sequence) || null,
    {
      headers: Object.assign({}, KEY_HEADER, request.headers),
      timeout: `${PROFILE.timeout_s}s`,
      tags,
    },
  );
  wrong.add(!isRight(answer, request.check), tags);
  const { low_s: low, high_s: high } = PROFILE.think;
  if (high > 0) sleep(low + (high - low) * Math.random());
}
