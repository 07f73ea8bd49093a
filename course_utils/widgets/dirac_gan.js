// Mặt phẳng pha của Dirac-GAN: trò chơi hai số (θ, ω), tính ngay trong trang.

const RANGE = 2.2;
const MARGIN = 34;
const FIELD = 11; // số mũi tên mỗi cạnh

const sigmoid = (v) => 0.5 * (1 + Math.tanh(0.5 * v));

/** Quỹ đạo [[θ, ω], ...] dài steps + 1; như `dirac_gan` của Python. */
export function diracPath([theta, omega], steps, h, penalty, alternating, loss) {
  const sign = loss === "saturating" ? 1 : -1;
  const path = [[theta, omega]];
  for (let k = 0; k < steps; k++) {
    const fresh = omega - h * (theta * sigmoid(omega * theta) + penalty * omega);
    const used = alternating ? fresh : omega;
    theta += h * used * sigmoid(sign * used * theta);
    omega = fresh;
    path.push([theta, omega]);
  }
  return path;
}

/** Môđun lớn nhất của trị riêng của một bước tại (0, 0). */
export function growth(h, penalty, alternating) {
  const [a, c, d] = [h / 2, -h / 2, 1 - h * penalty];
  const [p, q] = alternating ? [1 + a * c, a * d] : [1, a];
  const [trace, det] = [p + d, p * d - q * c];
  const disc = trace * trace - 4 * det;
  if (disc < 0) return Math.sqrt(det);
  return Math.max(Math.abs(trace + Math.sqrt(disc)), Math.abs(trace - Math.sqrt(disc))) / 2;
}

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-dirac");
  const save = saver(model);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };

  const markOrder = choice(
    root,
    "Cách đi",
    [["simultaneous", "cùng lúc"], ["alternating", "luân phiên"]],
    (order) => change({ order }),
  );
  const second = html("div", { style: "margin-top: 6px" });
  root.append(second);
  const markLoss = choice(
    second,
    "Mất mát của bộ sinh",
    [["saturating", "bão hòa (tổng không)"], ["non_saturating", "không bão hòa"]],
    (loss) => change({ loss }),
  );
  const range = (key, label, text, min, max, step) => {
    const input = html("input", { type: "range", min, max, step, "aria-label": text });
    const value = html("output", { style: "min-width: 3.2em; text-align: right" });
    const bar = html("div", { class: "lf-steps", style: "margin-top: 4px" });
    bar.append(html("span", { style: "min-width: 6.5em" }, ...prose(label)), input, value);
    root.append(bar);
    input.addEventListener("input", () => change({ [key]: Number(input.value) }));
    return () => {
      input.value = model.get(key);
      value.textContent = format(model.get(key));
    };
  };
  const showStep = range("step_size", "bước $h$", "Độ dài bước h", 0.02, 1, 0.02);
  const showPenalty = range("penalty", "phạt R1 $γ$", "Hệ số phạt gamma", 0, 1.5, 0.05);

  const body = html("div", { class: "lf-body" });
  const box = html("div", { class: "lf-panel" });
  const side = html("div", { class: "lf-side" });
  body.append(box, side);
  root.append(body);
  const picture = svg(box, "svg", { role: "group", "aria-label": "Mặt phẳng pha" });
  const axes = svg(picture, "g");
  const { group: inside, cut } = clipped(picture);
  const field = svg(inside, "path", { class: "lf-gridline", style: "fill: none; stroke: var(--lf-muted); stroke-width: 1.1; opacity: 0.55" });
  const line = svg(inside, "path", { class: "lf-edge-x", style: "stroke-width: 1.2" });
  const marks = svg(inside, "path", { style: "fill: none; stroke: var(--lf-x); stroke-width: 3.6; stroke-linecap: round" });
  const goal = svg(inside, "path", { class: "lf-edge-z" });
  const handle = svg(picture, "g", {
    class: "lf-handle",
    tabindex: 0,
    role: "slider",
    "aria-roledescription": "điểm hai chiều",
    "aria-label": "Điểm xuất phát",
    "aria-valuemin": -RANGE,
    "aria-valuemax": RANGE,
    "aria-valuenow": 0,
  });
  svg(handle, "circle", { class: "lf-target", r: 20 });
  svg(handle, "circle", { class: "lf-ring", r: 11 });
  svg(handle, "circle", { class: "lf-dot", r: 6 });

  const row = readout(side);
  const out = {
    growth: row("môđun trị riêng tại $(0, 0)$", "lf-sum"),
    start: row("bán kính lúc đầu", "lf-gap"),
    end: row(""),
  };
  const verdict = html("p", { class: "lf-note", "aria-live": "polite" });
  side.append(verdict);
  side.append(
    html("p", { class: "lf-hint" }, "Ngang: vị trí θ của mẫu (dữ liệu ở 0). Dọc: độ dốc ω của bộ phân biệt. "
      + "Kéo chấm tròn, hoặc Tab rồi phím mũi tên, để đổi điểm xuất phát."),
  );

  let x, y;
  const move = ([theta, omega]) =>
    change({ start: [theta, omega].map((v) => +clamp(v, -RANGE, RANGE).toFixed(3)) });
  draggable(handle, picture, { move: (px, py) => move([x.invert(px), y.invert(py)]) });
  arrowKeys(handle, (dx, dy) => {
    const [theta, omega] = model.get("start");
    move([theta + 0.05 * dx, omega + 0.05 * dy]);
  });

  function draw() {
    if (!root.clientWidth) return; // đang ẩn
    const wide = root.clientWidth >= 620;
    root.classList.toggle("lf-wide", wide);
    const [order, loss] = [model.get("order"), model.get("loss")];
    markOrder(order);
    markLoss(loss);
    showStep();
    showPenalty();
    const size = Math.min(body.clientWidth - (wide ? 264 : 0), 460);
    const [low, high] = [8, size - MARGIN + 6];
    x = linear([-RANGE, RANGE], [MARGIN, MARGIN + high - low]);
    y = linear([-RANGE, RANGE], [high, low]);
    setAttributes(picture, { width: size, height: size, viewBox: `0 0 ${size} ${size}` });
    cut(MARGIN, low, high - low, high - low);
    axes.replaceChildren();
    for (const v of [-2, -1, 0, 1, 2]) {
      // Chỗ cuối trục dành cho tên trục.
      if (v < 2) svg(axes, "text", { x: x(v), y: high + 17, "text-anchor": "middle" }).textContent = tickLabel(v);
      svg(axes, "text", { x: MARGIN - 6, y: y(v) + 4, "text-anchor": "end" }).textContent = tickLabel(v);
    }
    svg(axes, "rect", { class: "lf-frame", x: MARGIN, y: low, width: high - low, height: high - low });
    svgMath(axes, "θ", { x: x(RANGE) - 2, y: high + 17, "text-anchor": "end" });
    svgMath(axes, "ω", { x: MARGIN + 5, y: low + 14 });

    const [h, gamma, steps] = [model.get("step_size"), model.get("penalty"), model.get("steps")];
    const alternating = order === "alternating";
    const arrow = (theta, omega) => {
      const [, [a, b]] = diracPath([theta, omega], 1, 1e-3, gamma, false, loss);
      const [du, dv] = [a - theta, b - omega];
      const length = Math.hypot(du, dv);
      if (length < 1e-9) return "";
      const [p, q] = [x(theta), y(omega)];
      const [s, t] = [p + (11 * du) / length, q - (11 * dv) / length];
      const [m, n] = [0.35 * (p - s), 0.35 * (q - t)];
      return polyline([[p, q], [s, t], [s + m - 0.6 * n, t + n + 0.6 * m], [s, t], [s + m + 0.6 * n, t + n - 0.6 * m]]);
    };
    const ticksAt = Array.from({ length: FIELD }, (_, i) => (RANGE * (2 * i + 1 - FIELD)) / FIELD);
    field.setAttribute("d", ticksAt.flatMap((u) => ticksAt.map((v) => arrow(u, v))).join(""));

    const path = diracPath(model.get("start"), steps, h, gamma, alternating, loss);
    const seen = path.filter(([u, v]) => Math.hypot(u, v) < 20);
    const points = seen.map(([u, v]) => [x(u), y(v)]);
    line.setAttribute("d", polyline(points));
    marks.setAttribute("d", points.map(([p, q]) => `M${p.toFixed(1)} ${q.toFixed(1)}h0`).join(""));
    goal.setAttribute("d", `M${x(0) - 6} ${y(0)}h12M${x(0)} ${y(0) - 6}v12`);
    const [theta, omega] = model.get("start");
    setAttributes(handle, {
      transform: `translate(${x(theta).toFixed(2)} ${y(omega).toFixed(2)})`,
      "aria-valuenow": theta,
      "aria-valuetext": `θ = ${format(theta)}; ω = ${format(omega)}`,
    });

    const modulus = growth(h, gamma, alternating);
    const radius = Math.hypot(...path[path.length - 1]);
    out.growth.value.textContent = format(modulus, 4);
    out.start.value.textContent = format(Math.hypot(theta, omega), 3);
    out.end.name.replaceChildren(`bán kính sau ${steps} bước`);
    out.end.value.textContent = radius < 5e-4 ? "dưới 0.001" : format(radius, 3);
    verdict.textContent =
      modulus > 1 + 1e-9
        ? loss === "saturating"
          ? "Môđun lớn hơn 1: gần cân bằng mỗi bước bật ra ngoài; với trò chơi tổng không thì bật ra mãi."
          : "Môđun lớn hơn 1 nên gần cân bằng bị bật ra; ở xa thì bị hãm: quỹ đạo dừng trên một vòng tròn."
        : modulus > 1 - 1e-9
          ? "Môđun đúng bằng 1: hai bên đuổi nhau thành vòng, gần cân bằng không ai lại gần."
          : "Môđun nhỏ hơn 1: mỗi bước co lại, trò chơi về cân bằng.";
  }

  const redraw = once(draw);
  const names = ["order", "loss", "step_size", "penalty", "start"].map((n) => `change:${n}`);
  for (const name of names) model.on(name, redraw);
  const stops = [onWidth(root, draw)];
  return () => {
    stops.forEach((stop) => stop());
    for (const name of names) model.off(name, redraw);
  };
}

export default { render };
