// Trường vận tốc nhiều tầng (VelocityMLP) trên mặt phẳng, phân kỳ đúng của nó, và ba bộ giải bước cố định.

/** Số float16 từ 16 bit. */
export function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function unpack({ data }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length / 2 }, (_, i) => half(view.getUint16(2 * i, true)));
}

/** Hàm kích hoạt tại `a`: ghi giá trị vào y[k], đạo hàm vào d[k]. */
const ACTIVATIONS = {
  tanh(a, y, d, k) {
    y[k] = Math.tanh(a);
    d[k] = 1 - y[k] * y[k];
  },
  silu(a, y, d, k) {
    const gate = 0.5 * (1 + Math.tanh(0.5 * a));
    y[k] = a * gate;
    d[k] = gate + y[k] * (1 - gate);
  },
};

/** u(t) -> hàm (a, b, out) ghi u₁, u₂, ∇·u vào out. Mọi điểm ở cùng một t dùng chung phần của t.
 *
 * Hai cột của ma trận Jacobi đi qua từng tầng cùng với u; không cần phân kỳ thì u(t, false): rẻ bằng
 * một phần ba, ∇·u ghi là 0. */
export function velocity({ linear, time, frequencies, activation }) {
  const act = ACTIVATIONS[activation];
  const layers = linear.map(({ weight, bias }, k) => {
    const rows = unpack(bias);
    const [y, p, q, slope] = Array.from({ length: 4 }, () => new Float64Array(rows.length));
    return { W: unpack(weight), bias: rows, clock: unpack(time[k]), y, p, q, slope };
  });
  const last = layers.length - 1;
  return (t, divergence = true) => {
    const angles = Array.from({ length: frequencies }, (_, j) => Math.PI * t * (j + 1));
    const now = [t - 0.5, ...angles.map(Math.sin), ...angles.map(Math.cos)];
    const offsets = layers.map(({ bias, clock }) =>
      bias.map((b, k) => now.reduce((sum, v, i) => sum + clock[k * now.length + i] * v, b)),
    );
    return (a, b, out) => {
      let before = { y: [a, b], p: [1, 0], q: [0, 1] };
      layers.forEach((layer, at) => {
        const { W, y, p, q, slope } = layer;
        const inputs = before.y.length;
        for (let k = 0, w = 0; k < y.length; k++, w += inputs) {
          let sum = offsets[at][k];
          for (let j = 0; j < inputs; j++) sum += W[w + j] * before.y[j];
          if (at < last) act(sum, y, slope, k);
          else [y[k], slope[k]] = [sum, 1];
          if (!divergence) continue;
          let [dp, dq] = [0, 0];
          for (let j = 0; j < inputs; j++) {
            dp += W[w + j] * before.p[j];
            dq += W[w + j] * before.q[j];
          }
          p[k] = slope[k] * dp;
          q[k] = slope[k] * dq;
        }
        before = layer;
      });
      out[0] = before.y[0];
      out[1] = before.y[1];
      out[2] = divergence ? before.p[0] + before.q[1] : 0;
    };
  };
}

// Bảng Butcher [c, a, b]; rk4 là quy tắc 3/8, như của torchdiffeq. Số hàng là số lần gọi trường mỗi bước.
const TABLEAUX = {
  euler: [[0], [[]], [1]],
  midpoint: [[0, 1 / 2], [[], [1 / 2]], [0, 1]],
  rk4: [[0, 1 / 3, 2 / 3, 1], [[], [1 / 3], [-1 / 3, 1], [1, -1, 1]], [1 / 8, 3 / 8, 3 / 8, 1 / 8]],
};
export const nfe = (method, steps) => steps * TABLEAUX[method][0].length;

/** Giải từ t = `from` tới t = `to`: states[k] là Float64Array (x₁, x₂, ∫∇·u dt) của mọi điểm sau k bước. */
export function integrate(u, points, method, steps, from, to, divergence = true) {
  const [c, a, b] = TABLEAUX[method];
  const size = 3 * points.length;
  const h = (to - from) / steps;
  const slopes = c.map(() => new Float64Array(size));
  const out = new Float64Array(3);
  const states = [Float64Array.from(points.flatMap(([p, q]) => [p, q, 0]))];
  const shifted = (state, weights) => {
    const moved = Float64Array.from(state);
    weights.forEach((w, i) => {
      if (w) for (let n = 0; n < size; n++) moved[n] += h * w * slopes[i][n];
    });
    return moved;
  };
  for (let k = 0; k < steps; k++) {
    c.forEach((share, stage) => {
      const here = u(from + (k + share) * h, divergence);
      const at = shifted(states[k], a[stage]);
      for (let n = 0; n < size; n += 3) {
        here(at[n], at[n + 1], out);
        slopes[stage].set(out, n);
      }
    });
    states.push(shifted(states[k], b));
  }
  return states;
}

/** Trạng thái sau một phần `share` của chặng đường, nội suy thẳng giữa hai mốc của bộ giải. */
export function stateAt(states, share) {
  const place = share * (states.length - 1);
  const k = Math.min(Math.floor(place), states.length - 2);
  return states[k].map((v, n) => v + (place - k) * (states[k + 1][n] - v));
}

const logBase = (a, b) => logNormal(a) + logNormal(b);

/** Trung bình trên các hạt của khoảng cách giữa hai trạng thái. */
export function distance(p, q) {
  let total = 0;
  for (let n = 0; n < p.length; n += 3) total += Math.hypot(p[n] - q[n], p[n + 1] - q[n + 1]);
  return (3 * total) / p.length;
}

export const pointsOf = (state) =>
  Array.from({ length: state.length / 3 }, (_, i) => [state[3 * i], state[3 * i + 1]]);

/** log p_t(x_t) của các hạt: log p_Z(x₀) − ∫₀ᵗ div u, dù đi theo chiều nào. */
export function logDensity(states, direction, state) {
  const base = states[direction === "generate" ? 0 : states.length - 1];
  return Array.from({ length: base.length / 3 }, (_, i) => {
    const n = 3 * i;
    return logBase(base[n], base[n + 1]) + base[n + 2] - state[n + 2];
  });
}
