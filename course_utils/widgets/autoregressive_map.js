// Luồng tự hồi quy nhỏ x_i = e^{s_i} z_i + m_i, ma trận Jacobi của nó theo cả hai chiều.

/** Ma trận n×n với phần tử f(i, j). */
const square = (n, f) => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => f(i, j)));
const identity = (n) => square(n, (i, j) => +(i === j));
const dot = (a, b) => a.reduce((sum, v, k) => sum + v * b[k], 0);
const product = (A, B) =>
  A.map((row) => B[0].map((_, j) => dot(row, B.map((r) => r[j]))));

/** s, m của cơ chế điều kiện tại v, cùng đạo hàm S = ∂s/∂v, M = ∂m/∂v. */
export function conditioner({ layers, links }, form, v) {
  const D = v.length;
  let value = v;
  let slope = identity(D);
  layers.forEach(({ weight, bias }, k) => {
    if (k > 0) {
      value = value.map(Math.tanh);
      slope = slope.map((row, r) => row.map((d) => d * (1 - value[r] ** 2)));
    }
    slope = product(weight, slope);
    const before = value;
    value = weight.map((row, r) => bias[r] + dot(row, before));
  });
  const straight = links[form];
  const net = layers.length > 0; // không có mạng: s = 0, m là các đường nối thẳng
  const s = v.map((_, i) => (net ? Math.tanh(value[2 * i]) : 0));
  const m = v.map((_, i) => dot(straight[i], v) + (net ? value[2 * i + 1] : 0));
  const S = square(D, (i, j) => (net ? (1 - s[i] ** 2) * slope[2 * i][j] : 0));
  const M = square(D, (i, j) => straight[i][j] + (net ? slope[2 * i + 1][j] : 0));
  return { s, m, S, M };
}

/** reads[i][j]: h_i có đường nối từ tọa độ j không, xét theo mặt nạ chứ không theo giá trị. */
export function reads({ layers, links }, form) {
  const D = links[form].length;
  let path = identity(D);
  for (const { weight } of layers) path = product(weight.map((row) => row.map((w) => +(w !== 0))), path);
  const net = (i, j) => layers.length > 0 && path[2 * i][j] + path[2 * i + 1][j] > 0;
  return square(D, (i, j) => links[form][i][j] !== 0 || net(i, j));
}

/** Chiều một lượt: đầu ra và ma trận Jacobi đầy đủ của nó tại v (phía mà h đọc). */
function onePass(spec, form, v) {
  const { s, m, S, M } = conditioner(spec, form, v);
  const toX = form === "iaf";
  const out = v.map((a, i) => (toX ? Math.exp(s[i]) * a + m[i] : (a - m[i]) * Math.exp(-s[i])));
  const J = square(v.length, (i, j) =>
    toX
      ? Math.exp(s[i]) * ((i === j) + v[i] * S[i][j]) + M[i][j]
      : Math.exp(-s[i]) * ((i === j) - M[i][j]) - out[i] * S[i][j],
  );
  return { out, J, s, m };
}

/** log|det| bằng khử Gauss có chọn phần tử trụ. */
export function logAbsDet(matrix) {
  const A = matrix.map((row) => [...row]);
  let total = 0;
  for (let k = 0; k < A.length; k++) {
    let best = k;
    for (let i = k + 1; i < A.length; i++) if (Math.abs(A[i][k]) > Math.abs(A[best][k])) best = i;
    [A[k], A[best]] = [A[best], A[k]];
    total += Math.log(Math.abs(A[k][k]));
    for (let i = k + 1; i < A.length; i++) {
      const ratio = A[i][k] / A[k][k];
      for (let j = k; j < A.length; j++) A[i][j] -= ratio * A[k][j];
    }
  }
  return total;
}

/** Cả phép tính theo một chiều: đầu ra, các hàng Jacobi, log|∂τ_i| với h_i giữ nguyên.
 *  `done`: số tọa độ tính được; nhỏ hơn D nghĩa là kẹt, vì h_{done} chờ điều chưa biết. */
export function compute(spec, form, direction, values) {
  const D = values.length;
  const sign = direction === "z_to_x" ? 1 : -1;
  const single = (form === "iaf") === (direction === "z_to_x");
  const uses = reads(spec, form);
  let { out, J, s, m } = onePass(spec, form, values);
  let done = D;
  if (!single) {
    out = new Array(D).fill(0);
    done = uses.findIndex((row, i) => row.some((used, j) => used && j >= i));
    if (done < 0) done = D;
    for (let i = 0; i < done; i++) {
      ({ s, m } = conditioner(spec, form, out));
      out[i] = sign > 0 ? Math.exp(s[i]) * values[i] + m[i] : (values[i] - m[i]) * Math.exp(-s[i]);
    }
    // Hàng i của ma trận ngược: thế dần, chỉ cần các hàng phía trên.
    const A = onePass(spec, form, out).J;
    J = [];
    for (let i = 0; i < done; i++) {
      J.push(out.map((_, j) => ((i === j) - J.reduce((sum, row, k) => sum + A[i][k] * row[j], 0)) / A[i][i]));
    }
  }
  const logs = s.slice(0, done).map((v) => sign * v);
  return { single, uses, out, J, s, m, logs, done, logDet: done === D ? logAbsDet(J) : NaN };
}
