// Các bài toán có nghiệm đóng, bốn bộ giải, và sai số theo số lần gọi trường. Không vẽ gì.

const CROWD = [-1.8, -1.2, -0.6, -0.2, 0.2, 0.6, 1.2, 1.8]; // chùm nghiệm đi cùng điểm kéo được
const STEPS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 384, 512];
const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const CALLS = { euler: 1, midpoint: 2, rk4: 4 }; // số lần gọi trường mỗi bước
const LIMIT = 20000; // số lần gọi nhiều nhất
const { sin, cos, exp, sqrt, abs, max, min } = Math;

// f(t, x, p) và nghiệm đúng exact(t, x(0), p); x là mảng, mỗi phần tử một tọa độ hay một nghiệm.
const FIELDS = {
  forced: {
    f: (t, x) => x.map((v) => -v + sin(t)),
    exact: (t, x) => x.map((v) => (v + 0.5) * exp(-t) + (sin(t) - cos(t)) / 2),
  },
  rotation: {
    f: (t, [a, b]) => [-b, a],
    exact: (t, [a, b]) => [a * cos(t) - b * sin(t), a * sin(t) + b * cos(t)],
  },
  stiff: {
    f: (t, x, p) => x.map((v) => -p * (v - cos(t))),
    exact: (t, x, p) => {
      const steady = (s) => (p * p * cos(s) + p * sin(s)) / (1 + p * p);
      return x.map((v) => steady(t) + (v - steady(0)) * exp(-p * t));
    },
  },
  reversal: {
    f: (t, x, p) => x.map((v) => -p * v),
    exact: (t, x, p) => x.map((v) => v * exp(-p * t)),
  },
  blowup: {
    f: (t, x) => x.map((v) => v * v),
    exact: (t, x) => x.map((v) => (1 - v * t > 0 ? v / (1 - v * t) : NaN)),
  },
  wells: {
    f: (t, x, p) => x.map((v) => p * v * (1 - v * v)),
    exact: (t, x, p) => x.map((v) => (v * exp(p * t)) / sqrt(1 + v * v * (exp(2 * p * t) - 1))),
  },
};

/** Bài toán: trường, nghiệm đúng, trạng thái đầu, và các mốc thời gian phải đi qua. */
export function problem({ name, span }, start, p) {
  const { f, exact } = FIELDS[name];
  const x0 = name === "rotation" ? [start, 0] : name === "wells" ? [start, ...CROWD] : [start];
  const times = name === "reversal" ? [0, span, 0] : [0, span];
  return { f: (t, x) => f(t, x, p), exact: (t) => exact(t, x0, p), x0, times, planar: name === "rotation" };
}

/** x + Σ cᵢ kᵢ. */
const plus = (x, ...terms) => x.map((v, i) => terms.reduce((s, [c, k]) => s + c * k[i], v));

const ONE_STEP = {
  euler: (f, t, x, h) => plus(x, [h, f(t, x)]),
  midpoint: (f, t, x, h) => plus(x, [h, f(t + h / 2, plus(x, [h / 2, f(t, x)]))]),
  // Quy tắc 3/8, cũng là "rk4" của torchdiffeq.
  rk4: (f, t, x, h) => {
    const k1 = f(t, x);
    const k2 = f(t + h / 3, plus(x, [h / 3, k1]));
    const k3 = f(t + (2 * h) / 3, plus(x, [-h / 3, k1], [h, k2]));
    const k4 = f(t + h, plus(x, [h, k1], [-h, k2], [h, k3]));
    return plus(x, [h / 8, k1], [(3 * h) / 8, k2], [(3 * h) / 8, k3], [h / 8, k4]);
  },
};

/** `steps` bước đều từ `from` tới `to`. */
export function fixedSteps(method, f, x0, [from, to], steps) {
  const path = [{ t: from, x: x0 }];
  const h = (to - from) / steps;
  for (let n = 0; n < steps; n++) {
    const x = ONE_STEP[method](f, from + n * h, path[n].x, h);
    path.push({ t: n + 1 === steps ? to : from + (n + 1) * h, x });
  }
  return { path, nfe: CALLS[method] * steps, rejected: 0, stopped: null };
}

// Dormand–Prince 5(4): các hàng của bảng, hệ số sai số (bậc 5 trừ bậc 4), và của điểm giữa bước.
const NODES = [1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1];
const ROWS = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
];
const ERROR = [
  35 / 384 - 1951 / 21600, 0, 500 / 1113 - 22642 / 50085, 125 / 192 - 451 / 720,
  -2187 / 6784 + 12231 / 42400, 11 / 84 - 649 / 6300, -1 / 60,
];
const MIDDLE = [
  6025192743 / 60171106304, 0, 51252292925 / 130801643196, -2691868925 / 90256659456,
  187940372067 / 3189068634112, -1776094331 / 39487288512, 11237099 / 470086768,
];
const rms = (values) => sqrt(values.reduce((s, v) => s + v * v, 0) / values.length);

/** Bước đầu tiên: Hairer, Nørsett & Wanner (1993), mục II.4; tốn thêm một lần gọi trường. */
function firstStep(f, t, x, k, tol) {
  const scale = x.map((v) => tol + tol * abs(v));
  const size = (values) => rms(values.map((v, i) => v / scale[i]));
  const [d0, d1] = [size(x), size(k)];
  const h0 = d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : (0.01 * d0) / d1;
  const d2 = size(f(t + h0, plus(x, [h0, k])).map((v, i) => v - k[i])) / h0;
  const h1 = d1 <= 1e-15 && d2 <= 1e-15 ? max(1e-6, h0 * 1e-3) : (0.01 / max(d1, d2)) ** (1 / 5);
  return min(100 * h0, h1);
}

/** Đa thức bậc bốn trong một bước, tại phần `s` của bước. */
function inside(x, next, ks, h, s) {
  const mid = plus(x, ...ks.map((k, i) => [h * MIDDLE[i], k]));
  const [f0, f1] = [ks[0], ks[6]];
  return x.map((x0, i) => {
    const a = 2 * h * (f1[i] - f0[i]) - 8 * (next[i] + x0) + 16 * mid[i];
    const b = h * (5 * f0[i] - 3 * f1[i]) + 18 * x0 + 14 * next[i] - 32 * mid[i];
    const c = h * (f1[i] - 4 * f0[i]) - 11 * x0 - 5 * next[i] + 16 * mid[i];
    return x0 + s * (h * f0[i] + s * (c + s * (b + s * a)));
  });
}

/** dopri5 với rtol = atol = `tol`; bước cuối vượt qua `to` rồi nội suy lại, như torchdiffeq. */
export function dopri5(f, x0, [from, to], tol, limit = LIMIT) {
  const sign = Math.sign(to - from); // đi lùi: đổi dấu cả thời gian lẫn trường
  const g = (s, x) => (sign > 0 ? f(s, x) : f(-s, x).map((v) => -v));
  const end = sign * to;
  const path = [{ t: from, x: x0 }];
  let [t, x, k, nfe, rejected, stopped] = [sign * from, x0, g(sign * from, x0), 2, 0, null];
  let h = firstStep(g, t, x, k, tol);
  while (t < end && !stopped) {
    if (!(t + h > t) || !Number.isFinite(h) || !x.every(Number.isFinite)) stopped = "underflow";
    else if (nfe + 6 > limit) stopped = "limit";
    if (stopped) break;
    const ks = [k];
    let next;
    ROWS.forEach((row, i) => {
      next = plus(x, ...row.map((c, j) => [h * c, ks[j]]));
      ks.push(g(NODES[i] === 1 ? t + h : t + NODES[i] * h, next));
    });
    nfe += 6;
    const error = plus(x.map(() => 0), ...ks.map((v, i) => [h * ERROR[i], v]));
    const ratio = rms(error.map((e, i) => e / (tol + tol * max(abs(x[i]), abs(next[i])))));
    if (ratio <= 1) {
      const past = t + h >= end;
      path.push(past ? { t: to, x: inside(x, next, ks, h, (end - t) / h) } : { t: sign * (t + h), x: next });
      [t, x, k] = [t + h, next, ks[6]];
    } else rejected++;
    const least = ratio < 1 ? 1 : 0.2;
    h *= ratio === 0 ? 10 : min(10, max(0.9 / ratio ** (1 / 5), least));
  }
  return { path, nfe, rejected, stopped };
}

/** Giải cả bài toán: `legs` là đường đi trên từng chặng, `error` là sai số ở cuối. */
export function solve(task, { solver, steps, digits }) {
  const legs = [];
  let [x, nfe, rejected, stopped] = [task.x0, 0, 0, null];
  for (let i = 1; i < task.times.length && !stopped; i++) {
    const leg = [task.times[i - 1], task.times[i]];
    const found = solver === "dopri5" ? dopri5(task.f, x, leg, 10 ** -digits) : fixedSteps(solver, task.f, x, leg, steps);
    legs.push(found.path);
    [x, nfe, rejected, stopped] = [found.path.at(-1).x, nfe + found.nfe, rejected + found.rejected, found.stopped];
  }
  const gaps = task.exact(task.times.at(-1)).map((v, i) => x[i] - v);
  const error = stopped ? NaN : task.planar ? Math.hypot(...gaps) : max(...gaps.map(abs));
  const broken = task.exact(task.times.at(-1)).some(Number.isNaN);
  return { legs, end: x, nfe, rejected, stopped, error: broken ? NaN : Number.isNaN(error) && !stopped ? Infinity : error };
}

/** Sai số theo NFE của mọi bộ giải; không có gì nếu nghiệm nổ trước lúc cuối. */
export function workPrecision(task) {
  const run = (solver, setting) => {
    const { nfe, error } = solve(task, { solver, ...setting });
    return { nfe, error, ...setting };
  };
  if (task.exact(task.times.at(-1)).some(Number.isNaN)) return { euler: [], midpoint: [], rk4: [], dopri5: [] };
  const fixed = Object.keys(CALLS).map((solver) => [solver, STEPS.map((steps) => run(solver, { steps }))]);
  return Object.fromEntries([...fixed, ["dopri5", DIGITS.map((digits) => run("dopri5", { digits }))]]);
}

/** R(z): một bước của phương pháp nhân nghiệm của dx/dt = z x với số này (h = 1). */
export function amplification(solver, z) {
  const terms = { euler: 1, midpoint: 2, rk4: 4 }[solver];
  let [total, term] = [1, 1];
  for (let k = 1; k <= terms; k++) total += term *= z / k;
  return total;
}

/** Số lần hai đường số trong chùm đổi thứ tự: nghiệm thật thì không bao giờ. */
export function crossings(path) {
  let count = 0;
  for (let n = 1; n < path.length; n++) {
    const [before, after] = [path[n - 1].x, path[n].x];
    for (let i = 0; i < before.length; i++) {
      for (let j = 0; j < i; j++) count += (before[i] - before[j]) * (after[i] - after[j]) < 0;
    }
  }
  return count;
}
