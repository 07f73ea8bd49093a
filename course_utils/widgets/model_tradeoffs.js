// Bảng so mọi mô hình, vẽ trên hai trục tùy chọn: ai nằm trên biên Pareto, ai bị trội, theo mấy hạt giống.

const HINT = "Chạm vào một điểm, hoặc Tab tới danh sách rồi dùng phím mũi tên, để xem mọi con số của một mô hình.";
const RULES = [["mean", "trung bình hơn"], ["sure", "khoảng rời nhau"]];

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-tradeoffs");
  const [tables, metrics, quantiles] = ["tables", "metrics", "quantiles"].map((key) => model.get(key));
  const metricOf = (name) => metrics.find((m) => m.name === name);
  const tableOf = (data) => tables.find(({ name }) => name === data);
  const optionsOf = ({ families }) => metrics.filter(({ name }) => families.some(({ values }) => values[name]?.length));
  const change = changer(model);
  const markData = choice(labelledRow(root, "Dữ liệu"), "Dữ liệu", tables.map((t) => [t.name, t.label]), (data) => change({ data, ...axesFor(data) }));

  /** Trục nào không có ở tập dữ liệu mới thì nhường chỗ cho đại lượng đầu tiên ở đó. */
  function axesFor(data) {
    const options = optionsOf(tableOf(data));
    const lost = ["x", "y"].filter((key) => !options.some(({ name }) => name === model.get(key)));
    return Object.assign({}, ...lost.map((key) => ({ [key]: options[0].name, [`${key}_log`]: options[0].log })));
  }
  const rows = html("div", { class: "lf-axis-rows" });
  root.append(rows);
  const showY = axisRow(rows, "Trục dọc", (y) => change({ y, y_log: metricOf(y).log }), (y_log) => change({ y_log }));
  const showX = axisRow(rows, "Trục ngang", (x) => change({ x, x_log: metricOf(x).log }), (x_log) => change({ x_log }));
  const markRule = choice(labelledRow(root, "Trội khi"), "Thế nào là trội", RULES, (rule) => change({ rule }));

  const body = html("div", { class: "lf-body" });
  const plot = html("div");
  const panel = panelIn(plot, "");
  panel.picture.style.cursor = "pointer";
  const side = html("div");
  const title = html("p", { class: "lf-caption", "aria-live": "polite", style: "margin-bottom: 2px" });
  const about = html("p", { class: "lf-hint", style: "margin: 0 0 8px" });
  side.append(title, about);
  const row = readout(side);
  const out = Object.fromEntries(metrics.map((m) => [m.name, row(m.short, `lf-metric-${m.name}`)]));
  body.append(plot, side);
  const legend = html("div", { class: "lf-options lf-legend" });
  for (const [kind, { label }] of Object.entries(KINDS)) legend.append(html("span", {}, glyph(kind), label));
  legend.append(html("span", {}, glyph("exact", false), "rỗng: bị trội"));
  const floorKey = html("span", {}, html("span", { class: "lf-floor-key", "aria-hidden": "true" }), "mẫu thật so với mẫu thật");
  legend.append(floorKey);
  plot.append(legend);
  const list = html("div", { class: "lf-families", role: "radiogroup", "aria-label": "Mô hình" });
  const note = html("p", { class: "lf-note", "aria-live": "polite" });
  root.append(body, list, note, html("p", { class: "lf-hint" }, HINT));

  let shown = { points: [], spots: [], order: [] }; // những gì đang vẽ, cho chuột và phím
  let hovered = null;

  function drawFrame(width, height, axes) {
    const box = [56, width - 10, 26, height - 44];
    setAttributes(panel.picture, { width, height, viewBox: `0 0 ${width} ${height}` });
    panel.inside.cut(box[0], box[2], box[1] - box[0], box[3] - box[2]);
    for (const part of [panel.axes, panel.inside.group, panel.marks]) part.replaceChildren();
    const ranges = [[box[0], box[1]], [box[3], box[2]]];
    const scales = axes.map(({ range, log }, i) => axisScale(range, ranges[i], log));
    for (const v of axisTicks(axes[1].range, axes[1].log, 5)) {
      svg(panel.axes, "path", { class: "lf-gridline", d: `M${box[0]} ${scales[1](v)}H${box[1]}` });
      svg(panel.axes, "text", { x: box[0] - 6, y: scales[1](v) + 4, "text-anchor": "end" }).textContent = brief(v);
    }
    let free = -Infinity;
    for (const v of axisTicks(axes[0].range, axes[0].log, width < 420 ? 3 : 5)) {
      const [at, text] = [scales[0](v), brief(v)];
      svg(panel.axes, "path", { class: "lf-gridline", d: `M${at} ${box[2]}V${box[3]}` });
      const half = (text.length * LETTER) / 2;
      if (at - half < free || at + half > width) continue;
      svg(panel.axes, "text", { x: at, y: box[3] + 16, "text-anchor": "middle" }).textContent = text;
      free = at + half + 6;
    }
    svg(panel.axes, "rect", { class: "lf-frame", x: box[0], y: box[2], width: box[1] - box[0], height: box[3] - box[2] });
    const name = ({ label, better }, arrows) => `${label} · tốt ${arrows[better > 0 ? 1 : 0]}`;
    svg(panel.axes, "text", { class: "lf-name-y", x: 4, y: 14 }).textContent = name(axes[1], "↓↑");
    svg(panel.axes, "text", { class: "lf-name-x", x: (box[0] + box[1]) / 2, y: height - 6, "text-anchor": "middle" }).textContent = name(axes[0], "←→");
    return { box, scales };
  }

  /** Tô từ mức ấy tới mép của phía tốt. */
  function drawFloor(axes, { box, scales }) {
    floorKey.style.display = "none";
    axes.forEach(({ floor, better }, i) => {
      if (floor === null) return;
      const [left, right, top, bottom] = box;
      const sides = i ? [bottom, top] : [left, right]; // mép của số nhỏ, mép của số lớn
      const [edge, good] = [clamp(scales[i](floor), Math.min(...sides), Math.max(...sides)), sides[better > 0 ? 1 : 0]];
      const [low, size] = [Math.min(edge, good), Math.abs(edge - good)];
      const at = i ? { x: left, y: low, width: right - left, height: size } : { x: low, y: top, width: size, height: bottom - top };
      svg(panel.inside.group, "rect", { class: "lf-floor", ...at });
      if (size > 0) floorKey.style.display = "";
    });
  }

  function drawPoints({ box, scales }, points, beaten, chosen, names) {
    const spots = points.map(({ at }) => at.map(({ mean }, i) => scales[i](mean)));
    points.forEach(({ name, kind, at }, p) => {
      const [x, y] = spots[p];
      const own = name === chosen || name === hovered;
      const style = `fill: none; stroke: ${KINDS[kind].color}; stroke-width: ${own ? 2 : 1.1}; stroke-opacity: ${own ? 1 : 0.6}`;
      const ends = at.map(({ mean, half }, i) => (half > 0 && Number.isFinite(half) ? [scales[i](mean - half), scales[i](mean + half)] : null));
      const bars = [ends[0] && `M${ends[0][0]} ${y}H${ends[0][1]}`, ends[1] && `M${x} ${ends[1][0]}V${ends[1][1]}`].filter(Boolean);
      if (bars.length) svg(panel.inside.group, "path", { class: "lf-whisker", d: bars.join(""), style });
    });
    const order = points.map((_, p) => p).sort((p, q) => (points[p].name === chosen) - (points[q].name === chosen));
    for (const p of order) {
      const { name, kind } = points[p];
      const { color, shape } = KINDS[kind];
      const mark = svg(panel.marks, "g", { class: "lf-model", "data-family": name, transform: `translate(${spots[p].map((v) => v.toFixed(1))})` });
      if (name === chosen) svg(mark, "circle", { r: 11, style: "fill: none; stroke: var(--lf-ink); stroke-width: 1.6" });
      svg(mark, "path", { d: shape(5.2), style: `fill: ${beaten[p].length ? "var(--lf-surface)" : color}; stroke: ${color}; stroke-width: 2` });
    }
    const taken = spots.map(([x, y]) => [x - 6, y - 6, x + 6, y + 6]);
    const rank = (p) => (points[p].name === chosen ? 0 : points[p].name === hovered ? 1 : beaten[p].length ? 3 : 2);
    for (const p of [...points.keys()].sort((i, j) => rank(i) - rank(j))) {
      if (rank(p) === 3 && !names) continue;
      const { label } = points[p];
      const place = placeName(label, spots[p], taken, [box[0], box[1], box[2], box[3]], rank(p) < 2);
      if (!place) continue;
      taken.push(place);
      svg(panel.marks, "text", { x: place[0], y: place[3] - 3, class: "lf-model-name", style: `${rank(p) < 3 ? "fill: var(--lf-ink);" : ""} ${rank(p) < 2 ? "font-weight: 600" : ""}` }).textContent = label;
    }
    return spots;
  }

  /** Danh sách mô hình: theo trục dọc, tốt trước; không có số thì xuống cuối. */
  function drawList(table, points, axes, chosen) {
    const place = (family) => {
      const found = points.find((p) => p.name === family.name);
      return found ? -axes[1].better * found.at[1].mean : Infinity;
    };
    const order = [...table.families].sort((p, q) => (place(p) === place(q) ? 0 : place(p) - place(q)));
    const key = order.map(({ name }) => name).join();
    if (list.dataset.key !== key) {
      list.replaceChildren(
        ...order.map(({ name, kind, label }) => {
          const button = html("button", { type: "button", role: "radio", "data-value": name }, glyph(kind), html("span", {}, label), html("output"));
          button.addEventListener("click", () => change({ chosen: name }));
          return button;
        }),
      );
    }
    list.dataset.key = key;
    for (const button of list.children) {
      const point = points.find((p) => p.name === button.dataset.value);
      button.lastChild.textContent = point ? brief(Number(point.at[1].mean.toPrecision(3))) : "–";
      setAttributes(button, { "aria-checked": String(button.dataset.value === chosen), tabindex: button.dataset.value === chosen ? 0 : -1 });
    }
    return order.map(({ name }) => name);
  }

  function tell(table, points, beaten, axes, chosen, rule) {
    const family = table.families.find(({ name }) => name === chosen);
    const p = points.findIndex(({ name }) => name === chosen);
    const better = p < 0 ? [] : beaten[p].map(({ label }) => label);
    const more = better.length > 3 ? `${better.slice(0, 3).join(", ")} và ${better.length - 3} mô hình nữa` : better.join(", ");
    const standing = p < 0 ? "thiếu số ở một trục nên không có trên hình." : better.length ? `bị trội bởi ${more}.` : `không bị mô hình nào trội${rule === "sure" ? " chắc chắn" : ""}.`;
    const text = `${KINDS[family.kind].label}; ${standing}`;
    if (title.dataset.text !== chosen + text) title.replaceChildren(html("b", {}, family.label), ` — ${text}`);
    title.dataset.text = chosen + text;
    about.textContent = family.note;
    for (const m of metrics) {
      const values = family.values[m.name];
      out[m.name].value.textContent = values?.length ? withInterval(interval(values, quantiles)) : "–";
      out[m.name].value.parentNode.style.display = table.families.some(({ values: v }) => v[m.name]?.length) ? "" : "none";
    }
    const absent = table.families.filter(({ name }) => !points.some((q) => q.name === name)).map(({ label }) => label);
    const parts = [...new Set([axes[1].note, axes[0].note])].filter(Boolean);
    if (floorKey.style.display !== "none") parts.push("Trong dải màu, thước đo không còn phân biệt được mô hình với mẫu thật ở cỡ mẫu này.");
    if (absent.length) parts.push(`Không có trên hình vì thiếu số: ${absent.join(", ")}.`);
    if (rule === "sure") parts.push("Trội chắc chắn: ở cả hai trục, trọn khoảng của mô hình này nằm về phía tốt của khoảng kia.");
    const words = `${table.budget} ${parts.join(" ")}`;
    if (note.dataset.text !== words) note.replaceChildren(...prose(words));
    note.dataset.text = words;
  }

  function draw() {
    if (!root.clientWidth) return; // đang ẩn
    const wide = root.clientWidth >= 640;
    root.classList.toggle("lf-wide", wide);
    const [data, rule] = [model.get("data"), model.get("rule")];
    const table = tableOf(data);
    const options = optionsOf(table);
    const axes = ["x", "y"].map((key) => ({ ...metricOf(model.get(key)), log: model.get(`${key}_log`) }));
    const chosen = table.families.some(({ name }) => name === model.get("chosen")) ? model.get("chosen") : table.families[0].name;
    const signs = axes.map(({ better }) => -better);
    const points = pointsOf(table, axes.map(({ name }) => name), quantiles);
    axes.forEach((axis, i) => {
      axis.floor = noiseFloor(table.floor[axis.name], axis.better, quantiles);
      axis.range = domain(points.map(({ at }) => at[i].mean), axis.log, axis.better < 0 ? axis.floor : null);
    });
    const beaten = points.map((p) => dominators(points, p, signs, rule === "sure"));
    const width = plot.clientWidth;
    const frame = drawFrame(width, clamp(0.78 * width, 280, 430), axes);
    drawFloor(axes, frame);
    const edges = signs.map((sign, i) => axes[i].range[sign > 0 ? 1 : 0]);
    const corners = staircase(points, signs, edges).map((v) => v.map((c, i) => frame.scales[i](c)));
    if (rule === "mean") svg(panel.inside.group, "path", { class: "lf-front", d: polyline(corners) });
    const spots = drawPoints(frame, points, beaten, chosen, wide);
    const order = drawList(table, points, axes, chosen);
    shown = { points, spots, order };
    panel.picture.setAttribute("aria-label", `${axes[1].label} theo ${axes[0].label}, ${table.label}; không bị trội: ${points.filter((_, p) => !beaten[p].length).map(({ label }) => label).join(", ")}`);
    tell(table, points, beaten, axes, chosen, rule);
    markData(data);
    markRule(rule);
    showX(options, axes[0].name, axes[0].log);
    showY(options, axes[1].name, axes[1].log);
  }

  const redraw = once(draw);

  /** Mô hình gần con trỏ nhất, trong vòng `reach` điểm ảnh. */
  function nearest(event, reach) {
    const box = panel.picture.getBoundingClientRect();
    const away = shown.spots.map(([x, y]) => Math.hypot(event.clientX - box.left - x, event.clientY - box.top - y));
    const best = away.indexOf(Math.min(...away));
    return away[best] <= reach ? shown.points[best].name : null;
  }
  const hover = (name) => {
    if (name === hovered) return;
    hovered = name;
    redraw();
  };
  panel.picture.addEventListener("pointermove", (event) => event.pointerType === "mouse" && hover(nearest(event, 26)));
  panel.picture.addEventListener("pointerleave", () => hover(null));
  panel.picture.addEventListener("click", (event) => {
    const name = nearest(event, 44);
    if (name) change({ chosen: name });
  });
  const focusOn = (name) => {
    change({ chosen: name });
    draw();
    list.querySelector('[tabindex="0"]').focus();
  };
  arrowKeys(list, (dx, dy) => {
    const { order } = shown;
    const now = order.indexOf(list.querySelector('[tabindex="0"]').dataset.value);
    focusOn(order.at((now + dx - dy) % order.length));
  });

  const keys = ["data", "x", "y", "x_log", "y_log", "rule", "chosen"].map((k) => `change:${k}`).join(" ");
  model.on(keys, redraw);
  const stop = onWidth(root, draw);
  return () => {
    stop();
    model.off(keys, redraw);
  };
}

export default { render };
