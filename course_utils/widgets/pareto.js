// Chọn giữa hai trục: khoảng tin cậy qua các hạt giống, ai trội hơn ai, bậc thang Pareto, thang log.

/** Trung bình của các lần chạy và nửa khoảng t; một lần chạy thì chưa biết gì về độ dao động. */
export function interval(values, quantiles) {
  const n = values.length;
  // Mười hai chữ số: hai trung bình bằng nhau không thành hơn kém chỉ vì thứ tự cộng.
  const mean = Number((values.reduce((p, q) => p + q, 0) / n).toPrecision(12));
  const spread = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return { mean, half: n > 1 ? quantiles[n - 1] * Math.sqrt(spread / (n - 1) / n) : Infinity };
}

/** Mọi mô hình của một tập dữ liệu có số trên cả hai trục: tên, loại và `at`. */
export function pointsOf({ families }, axes, quantiles) {
  return families
    .filter(({ values }) => axes.every((name) => values[name]?.length))
    .map((family) => ({ ...family, at: axes.map((name) => interval(family.values[name], quantiles)) }));
}

/** Mức mà mẫu thật so với mẫu thật cũng đạt tới: quá mức ấy, số đo chỉ còn là nhiễu. */
export function noiseFloor(values, better, quantiles) {
  if (!values?.length) return null;
  const { mean, half } = interval(values, quantiles);
  return mean - better * (Number.isFinite(half) ? half : 0);
}

/**
 * Những điểm trội hơn `point`: không kém ở trục nào, hơn ở ít nhất một. Mỗi điểm mang
 * `at: [{mean, half}, {mean, half}]`; `signs[i]` là 1 nếu trục i nhỏ thì tốt, −1 nếu lớn thì tốt.
 * `sure`: chỉ kể khi đầu xấu của khoảng bên này vẫn không kém đầu tốt của khoảng bên kia.
 */
export function dominators(points, point, signs, sure) {
  const cost = ({ at }, side) => at.map(({ mean, half }, i) => signs[i] * mean + (sure ? side * half : 0));
  const best = cost(point, -1);
  return points.filter((other) => {
    const worst = cost(other, 1);
    return other !== point && worst.every((v, i) => v <= best[i]) && worst.some((v, i) => v < best[i]);
  });
}

/** Đỉnh của bậc thang qua những điểm không bị trội, rồi kéo tới hai mép `edges` của phía kém. */
export function staircase(points, signs, edges) {
  const front = points
    .filter((p) => !dominators(points, p, signs, false).length)
    .map(({ at }) => at.map(({ mean }) => mean))
    .sort((p, q) => signs[0] * (p[0] - q[0]) || signs[1] * (p[1] - q[1]));
  if (!front.length) return [];
  const corners = [[front[0][0], edges[1]], front[0]];
  for (const [x, y] of front.slice(1)) corners.push([x, corners.at(-1)[1]], [x, y]);
  return [...corners, [edges[0], corners.at(-1)[1]]];
}

/**
 * Miền của một trục, quanh các giá trị. Thang log bỏ qua số không dương, và không đi xuống quá một
 * phần ba của `floor`, mức mà dưới đó các số chỉ còn là nhiễu.
 */
export function domain(values, log, floor) {
  const kept = values.filter((v) => Number.isFinite(v) && (!log || v > 0));
  if (!kept.length) return log ? [0.1, 1] : [0, 1];
  const high = Math.max(...kept);
  const low = log && floor > 0 && floor < high ? Math.max(Math.min(...kept), floor / 3) : Math.min(...kept);
  if (!log) {
    const pad = 0.08 * (high - low) || 0.5 * Math.abs(high) || 0.5;
    return [low - pad, high + pad];
  }
  const factor = Math.max((high / low) ** 0.08, 1.25);
  return [low / factor, high * factor];
}

/** Thang đo của một trục; số không dương trên thang log nằm ở mép dưới. */
export function axisScale([a, b], [p, q], log) {
  if (!log) return linear([a, b], [p, q]);
  const inner = linear([Math.log(a), Math.log(b)], [p, q]);
  return (v) => inner(Math.log(Math.max(v, a)));
}

/** Vạch chia: lũy thừa của mười, thêm 2 và 5 khi miền hẹp. */
export function axisTicks([a, b], log, count) {
  const decades = Math.log10(b / a);
  if (!log || decades < 0.7) return ticks(a, b, count);
  const steps = decades < 2.3 ? [1, 2, 5] : [1];
  const every = Math.ceil((decades * steps.length) / (2 * count));
  const found = [];
  for (let k = Math.floor(Math.log10(a)); k <= Math.log10(b); k++) {
    if (steps.length === 1 && k % every) continue;
    for (const m of steps) found.push(Number(`${m}e${k}`));
  }
  return found.filter((v) => v >= a && v <= b);
}
