// Trường vận tốc hai tầng ẩn (VelocityMLP) trên mặt phẳng, phân kỳ đúng của nó, và ba bộ giải bước cố định.

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
 * Không cần phân kỳ thì u(t, false): rẻ bằng nửa, ∇·u ghi là 0. */
export function velocity({ linear, time, frequencies, activation }) {
  const [W1, W2, W3] = linear.map(({ weight }) => unpack(weight));
  const biases = linear.map(({ bias }) => unpack(bias));
  const clocks = time.map(unpack);
  const act = ACTIVATIONS[activation];
  const [h1, h2] = [biases[0].length, biases[1].length];
  // tr J = Σ_kj d₂ₖ (W₂)ₖⱼ d₁ⱼ (W₁W₃)ⱼₖ: gom hai ma trận cố định thành một.
  const M = W2.map((w, at) => {
    const [k, j] = [Math.floor(at / h1), at % h1];
    return w * (W1[2 * j] * W3[k] + W1[2 * j + 1] * W3[h2 + k]);
  });
  const [y1, d1, y2, d2] = [h1, h1, h2, h2].map((size) => new Float64Array(size));
  return (t, divergence = true) => {
    const angles = Array.from({ length: frequencies }, (_, j) => Math.PI * t * (j + 1));
    const clock = [t - 0.5, ...angles.map(Math.sin), ...angles.map(Math.cos)];
    const [c1, c2, c3] = biases.map((bias, layer) =>
      bias.map((b, k) => clock.reduce((sum, v, i) => sum + clocks[layer][k * clock.length + i] * v, b)),
    );
    return (a, b, out) => {
      for (let j = 0; j < h1; j++) act(W1[2 * j] * a + W1[2 * j + 1] * b + c1[j], y1, d1, j);
      let [u1, u2, trace] = [c3[0], c3[1], 0];
      for (let k = 0; k < h2; k++) {
        let sum = c2[k];
        for (let j = 0, w = k * h1; j < h1; j++, w++) sum += W2[w] * y1[j];
        act(sum, y2, d2, k);
        u1 += W3[k] * y2[k];
        u2 += W3[h2 + k] * y2[k];
        if (!divergence) continue;
        let inner = 0;
        for (let j = 0, w = k * h1; j < h1; j++, w++) inner += M[w] * d1[j];
        trace += d2[k] * inner;
      }
      out[0] = u1;
      out[1] = u2;
      out[2] = trace;
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
