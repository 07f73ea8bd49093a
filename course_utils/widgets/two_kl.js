// Hai chiều của phân kỳ KL: q = N(mean, std²) trên một hỗn hợp Gauss p; mọi số tính trong trang.

const X_RANGE = [-6, 6];
const MEAN_RANGE = [-5, 5];
const STD_RANGE = [0.25, 3.5];
const NATS = 6; // bề rộng của thước đo entropy
// Rộng tới bảy độ lệch chuẩn của q rộng nhất đặt ở mép.
const GRID = Array.from({ length: 6001 }, (_, i) => (i - 3000) / 100);
const HINT = "Kéo hai chấm của q: trung bình và bề rộng. Hoặc dùng Tab và phím mũi tên.";
const DOWN = {
  forward: "Đang hạ KL(p‖q)…",
  reverse: "Đang hạ KL(q‖p)…",
  done: "Đã tới một cực tiểu: đi hướng nào KL này cũng tăng.",
};

/** log p(x) của hỗn hợp [[trọng số, trung bình, độ lệch chuẩn], …]. */
export function logMixture(parts, x) {
  const logs = parts.map(([w, m, s]) => Math.log(w / s) + logNormal((x - m) / s));
  const top = Math.max(...logs);
  return top + Math.log(logs.reduce((sum, v) => sum + Math.exp(v - top), 0));
}

/** Các mật độ trên lưới, tính một lần cho mỗi p. */
export function tabulate(parts) {
  const logP = GRID.map((x) => logMixture(parts, x));
  return { logP, p: logP.map(Math.exp) };
}

/** Entropy, entropy chéo và KL theo hai chiều (nat), quy tắc hình thang. */
export function measures({ logP, p }, mean, std) {
  const total = { entropy_p: 0, entropy_q: 0, cross_pq: 0, cross_qp: 0 };
  for (let i = 0; i < GRID.length; i++) {
    const logQ = logNormal((GRID[i] - mean) / std) - Math.log(std);
    const q = Math.exp(logQ);
    total.entropy_p -= p[i] * logP[i];
    total.entropy_q -= q * logQ;
    total.cross_pq -= p[i] * logQ;
    total.cross_qp -= q * logP[i];
  }
  const step = GRID[1] - GRID[0];
  for (const key of Object.keys(total)) total[key] *= step;
  total.kl_pq = total.cross_pq - total.entropy_p;
  total.kl_qp = total.cross_qp - total.entropy_q;
  return total;
}

/** Một bước hạ dốc theo trung bình và log độ lệch chuẩn; trả [mean, std, độ dời]. */
export function descend(table, mean, std, direction) {
  const key = direction === "forward" ? "kl_pq" : "kl_qp";
  const loss = (m, logS) => measures(table, m, Math.exp(logS))[key];
  const [logS, h] = [Math.log(std), 1e-4];
  const slopeM = (loss(mean + h, logS) - loss(mean - h, logS)) / (2 * h);
  const slopeS = (loss(mean, logS + h) - loss(mean, logS - h)) / (2 * h);
  // Chia theo độ cong của Gauss rồi chặn, để bước vừa phải ở mọi nơi.
  const moveM = clamp(-0.3 * std * std * slopeM, -0.2, 0.2);
  const moveS = clamp(-0.15 * slopeS, -0.1, 0.1);
  const nextM = clamp(mean + moveM, ...MEAN_RANGE);
  const nextS = clamp(Math.exp(logS + moveS), ...STD_RANGE);
  return [nextM, nextS, Math.abs(nextM - mean) + Math.abs(nextS - std)];
}

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-two-kl");
  const presets = model.get("presets");
  const save = saver(model);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };
  let table;
  let tabulated = null;

  const markPreset = choice(
    root,
    "Chọn mật độ p",
    presets.map((p) => [p.name, p.label]),
    (preset) => {
      halt();
      change({ preset });
    },
  );
  const body = html("div", { class: "lf-body" });
  const plot = html("div", { class: "lf-plot" });
  const side = html("div", { class: "lf-side" });
  body.append(plot, side);
  root.append(body);

  // Các con số
  const row = readout(side);
  const out = {
    mean: row("trung bình của $q$", "lf-is-x"),
    std: row("độ lệch chuẩn của $q$", "lf-is-x"),
    entropy_p: row("$H(p)$", "lf-gap"),
    kl_pq: row("$+ KL(p‖q)$", "lf-kl-pq"),
    cross_pq: row("$= H(p, q)$", "lf-sum"),
    entropy_q: row("$H(q)$", "lf-gap"),
    kl_qp: row("$+ KL(q‖p)$", "lf-kl-qp"),
    cross_qp: row("$= H(q, p)$", "lf-sum"),
  };
  side.append(html("div", { class: "lf-label" }, "Vẽ và hạ chiều nào của KL"));
  const markDirection = choice(
    side,
    "Chiều của KL",
    [
      ["forward", math("KL(p‖q)")],
      ["reverse", math("KL(q‖p)")],
    ],
    (direction) => {
      halt();
      change({ direction });
    },
  );
  const down = html("button", { type: "button", class: "lf-down" }, "Hạ KL này xuống");
  down.addEventListener("click", () => (running ? halt() : descendAll()));
  side.append(html("div", { class: "lf-options" }, down));
  const note = html("p", { class: "lf-note" });
  const hint = html("p", { class: "lf-hint", "aria-live": "polite" }, HINT);
  root.append(note, hint);

  // Hạ từng bước, mỗi khung hình một bước
  let running = 0;
  function halt(text = HINT) {
    cancelAnimationFrame(running);
    running = 0;
    down.textContent = "Hạ KL này xuống";
    if (hint.textContent !== text) hint.textContent = text;
  }
  function advance() {
    const [mean, std, moved] = descend(
      table,
      model.get("mean"),
      model.get("std"),
      model.get("direction"),
    );
    change({ mean, std });
    return moved > 1e-4;
  }
  function descendAll() {
    hint.textContent = DOWN[model.get("direction")];
    if (reducedMotion()) {
      for (let i = 0; i < 400 && advance(); i++);
      halt(DOWN.done);
      return;
    }
    down.textContent = "Dừng";
    const frame = () => {
      if (advance()) running = requestAnimationFrame(frame);
      else halt(DOWN.done);
    };
    running = requestAnimationFrame(frame);
  }

  // Hình vẽ
  const picture = svg(plot, "svg", { role: "group", "aria-label": "Mật độ p và q, và hai KL" });
  const axes = svg(picture, "g");
  const upper = clipped(picture);
  const lower = clipped(picture);
  const areaP = svg(upper.group, "path", { class: "lf-area-z" });
  const areaQ = svg(upper.group, "path", { class: "lf-area-x" });
  const edgeP = svg(upper.group, "path", { class: "lf-edge-z" });
  const edgeQ = svg(upper.group, "path", { class: "lf-edge-x" });
  const shareArea = svg(lower.group, "path", { style: "fill: var(--lf-third); fill-opacity: 0.4" });
  const zero = svg(lower.group, "path", { class: "lf-axis" });
  const bars = svg(picture, "g");

  const handle = (className, label) => {
    const node = svg(picture, "g", {
      class: `lf-handle lf-at-x ${className}`,
      tabindex: 0,
      role: "slider",
      "aria-label": label,
      "aria-orientation": "horizontal",
    });
    svg(node, "circle", { class: "lf-target", r: 19 });
    svg(node, "circle", { class: "lf-ring", r: 10.5 });
    svg(node, "circle", { class: "lf-dot", r: 6.5 });
    return node;
  };
  let size, scaleX;
  const moveMean = (mean) => {
    halt();
    change({ mean: +clamp(mean, ...MEAN_RANGE).toFixed(3) });
  };
  const moveStd = (std) => {
    halt();
    change({ std: +clamp(std, ...STD_RANGE).toFixed(3) });
  };
  const meanHandle = handle("lf-mean", "Trung bình của q");
  const stdHandle = handle("lf-std", "Độ lệch chuẩn của q");
  draggable(meanHandle, picture, { move: (px) => moveMean(scaleX.invert(px)) });
  draggable(stdHandle, picture, {
    move: (px) => moveStd(Math.abs(scaleX.invert(px) - model.get("mean"))),
  });
  arrowKeys(meanHandle, (dx, dy) => moveMean(model.get("mean") + 0.05 * (dx + dy)));
  arrowKeys(stdHandle, (dx, dy) => moveStd(model.get("std") + 0.05 * (dx + dy)));

  function layout() {
    root.classList.toggle("lf-wide", root.clientWidth >= 640);
    const total = clamp(plot.clientWidth, 200, 580); // lúc trang chưa bày xong, bề rộng là 0
    const [left, right, top] = [8, total - 8, 22];
    const base = top + clamp(total * 0.36, 130, 190);
    const shareTop = base + 50;
    const shareBase = shareTop + clamp(total * 0.22, 76, 110);
    const barTop = shareBase + 34;
    size = { left, right, top, base, shareTop, shareBase, barTop };
    const height = barTop + 74;
    setAttributes(picture, { width: total, height, viewBox: `0 0 ${total} ${height}` });
    upper.cut(left, top, right - left, base - top);
    lower.cut(left, shareTop, right - left, shareBase - shareTop);
    scaleX = linear(X_RANGE, [left, right]);
    draw();
  }

  function drawAxes(direction) {
    axes.replaceChildren();
    const { left, right, top, base, shareTop, shareBase } = size;
    for (const v of ticks(...X_RANGE, 7)) {
      const px = scaleX(v);
      svg(axes, "line", { class: "lf-gridline", x1: px, x2: px, y1: top, y2: shareBase });
      const label = svg(axes, "text", { x: px, y: base + 17, "text-anchor": "middle" });
      label.textContent = tickLabel(v);
    }
    svg(axes, "line", { class: "lf-axis", x1: left, x2: right, y1: base, y2: base });
    svgMath(axes, "p(x)", { x: left, y: top - 7, class: "lf-label-z" });
    svgMath(axes, "q(x)", { x: left + 44, y: top - 7, class: "lf-label-x" });
    svgMath(axes, "x", { x: right, y: base + 32, "text-anchor": "end" });
    const formula = direction === "forward" ? "p log(p/q)" : "q log(q/p)";
    svgMath(axes, `${formula}: diện tích là KL`, { x: left, y: shareTop - 7 });
  }

  /** Hai thước: entropy rồi KL nối tiếp, tới entropy chéo. */
  function drawBars(value) {
    bars.replaceChildren();
    const { left, right, barTop } = size;
    const start = left + 58;
    const scale = linear([0, NATS], [start, right]);
    const rows = [
      ["H(p, q)", value.entropy_p, value.cross_pq, "lf-label-z"],
      ["H(q, p)", value.entropy_q, value.cross_qp, "lf-label-x"],
    ];
    rows.forEach(([label, entropy, cross, className], i) => {
      const y = barTop + 26 * i;
      svgMath(bars, label, { x: left, y: y + 13, class: className });
      const end = Math.min(scale(cross), right);
      const grey = Math.min(scale(Math.max(entropy, 0)), right);
      const rect = (a, b, style) =>
        svg(bars, "rect", { x: a, y, width: Math.max(0, b - a), height: 17, style });
      rect(start, grey, "fill: var(--lf-muted); fill-opacity: 0.55");
      rect(grey, end, "fill: var(--lf-third); fill-opacity: 0.8");
      if (cross > NATS) {
        const more = svg(bars, "text", { x: right - 4, y: y + 13, "text-anchor": "end" });
        more.textContent = "▸";
      }
    });
    for (const v of [0, 2, 4, 6]) {
      const [x, y, last] = [scale(v), barTop + 66, v === NATS];
      const label = svg(bars, "text", { x, y, "text-anchor": last ? "end" : "middle" });
      label.textContent = last ? `${v} nat` : tickLabel(v);
    }
  }

  function draw() {
    if (!size) return;
    const [preset, direction] = [model.get("preset"), model.get("direction")];
    const [mean, std] = [model.get("mean"), model.get("std")];
    const entry = presets.find((p) => p.name === preset) ?? presets[0];
    if (tabulated !== entry.name) {
      table = tabulate(entry.parts);
      tabulated = entry.name;
    }
    const value = measures(table, mean, std);
    const { left, right, top, base, shareTop, shareBase } = size;
    drawAxes(direction);

    const logQ = (x) => logNormal((x - mean) / std) - Math.log(std);
    const seen = GRID.filter((x, i) => i % 4 === 0 && x >= X_RANGE[0] && x <= X_RANGE[1]);
    const peak = Math.max(0.45, 1.06 * Math.max(...table.p));
    const scaleY = linear([0, peak], [base, top]);
    const lineP = seen.map((x) => [scaleX(x), scaleY(Math.exp(logMixture(entry.parts, x)))]);
    const lineQ = seen.map((x) => [scaleX(x), scaleY(Math.exp(logQ(x)))]);
    const close = (points, y) => `${polyline(points)}L${right} ${y}L${left} ${y}Z`;
    edgeP.setAttribute("d", polyline(lineP));
    areaP.setAttribute("d", close(lineP, base));
    edgeQ.setAttribute("d", polyline(lineQ));
    areaQ.setAttribute("d", close(lineQ, base));

    const share = seen.map((x) => {
      const [a, b] = [logMixture(entry.parts, x), logQ(x)];
      return direction === "forward" ? Math.exp(a) * (a - b) : Math.exp(b) * (b - a);
    });
    const reach = Math.max(0.8, Math.min(Math.max(...share), 3));
    const scaleS = linear([-0.35 * reach, 1.05 * reach], [shareBase, shareTop]);
    const inside = (y) => clamp(y, shareTop - 50, shareBase + 50);
    const line = seen.map((x, i) => [scaleX(x), inside(scaleS(share[i]))]);
    shareArea.setAttribute("d", close(line, scaleS(0)));
    zero.setAttribute("d", `M${left} ${scaleS(0)}H${right}`);
    drawBars(value);

    const place = (node, x, y, label, range, now) =>
      setAttributes(node, {
        transform: `translate(${clamp(x, left, right)} ${clamp(y, top, base)})`,
        "aria-valuemin": range[0],
        "aria-valuemax": range[1],
        "aria-valuenow": now,
        "aria-valuetext": `${label} = ${format(now)}`,
      });
    place(meanHandle, scaleX(mean), base, "trung bình", MEAN_RANGE, mean);
    // Chấm bề rộng nằm trên đường q, về phía còn chỗ trong khung.
    const sign = mean + std > X_RANGE[1] - 0.3 ? -1 : 1;
    const height = scaleY(Math.exp(logQ(mean + std)));
    place(stdHandle, scaleX(mean + sign * std), height, "độ lệch chuẩn", STD_RANGE, std);

    for (const [key, cell] of Object.entries(out)) {
      cell.value.textContent = format({ ...value, mean, std }[key], 3);
    }
    out.kl_pq.value.style.color = "var(--lf-third)";
    out.kl_qp.value.style.color = "var(--lf-third)";
    markPreset(entry.name);
    markDirection(direction);
    if (note.dataset.text !== entry.note) {
      note.dataset.text = entry.note;
      note.replaceChildren(...prose(entry.note));
    }
  }

  const keys = ["preset", "mean", "std", "direction"].map((k) => `change:${k}`).join(" ");
  const redraw = once(draw);
  model.on(keys, redraw);
  const stop = onWidth(root, layout);
  return () => {
    halt();
    stop();
    model.off(keys, redraw);
  };
}

export default { render };
