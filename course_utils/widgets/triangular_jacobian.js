// Đồ thị tính toán của luồng tự hồi quy, và ma trận Jacobi đầy dần từng hàng; phép tính ở
// autoregressive_map.js.

const REACH = 3; // giá trị kéo được: từ −3 đến 3
const HINT =
  "Kéo lên xuống các ô có viền đậm (phía đã biết) để đổi giá trị; hoặc Tab rồi phím mũi tên.";
const FORMS = {
  "iaf z_to_x": "Kiểu IAF: $h_i$ đọc $z$ đứng trước. Đã biết mọi $z$ thì một lượt là đủ.",
  "iaf x_to_z":
    "Kiểu IAF: $h_i$ đọc $z$ đứng trước, mà $z$ là thứ đang tìm. Phải đi lần lượt, mỗi tọa độ một lượt.",
  "maf x_to_z": "Kiểu MAF: $h_i$ đọc $x$ đứng trước. Đã biết mọi $x$ thì một lượt là đủ.",
  "maf z_to_x":
    "Kiểu MAF: $h_i$ đọc $x$ đứng trước, mà $x$ là thứ đang sinh. Phải đi lần lượt, mỗi tọa độ một lượt.",
};

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-triangle");
  const presets = model.get("presets");
  const D = model.get("values").length;
  const indices = Array.from({ length: D }, (_, i) => i);
  const save = saver(model);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };
  /** Mọi điều cần để vẽ, từ các trait. */
  const now = () => {
    const [preset, form, direction] = ["preset", "form", "direction"].map((k) => model.get(k));
    const spec = presets.find((p) => p.name === preset);
    const [known, found] = direction === "z_to_x" ? ["z", "x"] : ["x", "z"];
    const result = compute(spec, form, direction, model.get("values"));
    const last = result.single ? D + 1 : result.done;
    const step = clamp(model.get("step"), 0, last);
    const rows = result.single ? Math.max(step - 1, 0) : step;
    return { spec, form, direction, known, found, read: form === "iaf" ? "z" : "x", last, step, rows, ...result };
  };

  // Ba hàng nút chọn
  const labels = presets.map((p) => [p.name, html("span", {}, ...prose(p.label))]);
  const markPreset = choice(root, "Ánh xạ", labels, (preset) => change({ preset, step: 0 }));
  const switches = html("div", { class: "lf-options", style: "gap: 6px 22px" });
  root.append(switches);
  const forms = [["iaf", "kiểu IAF"], ["maf", "kiểu MAF"]];
  const markForm = choice(switches, "Cơ chế điều kiện", forms, (form) => change({ form, step: 0 }));
  const ways = [["z_to_x", math("z → x")], ["x_to_z", math("x → z")]];
  const markDirection = choice(switches, "Chiều tính", ways, (direction) => {
    const { out, done, direction: old } = now();
    if (direction === old) return;
    // Đổi chiều từ chính điểm đang đứng: đầu ra thành điều đã biết.
    if (done === D) change({ values: out.map((v) => +clamp(v, -REACH, REACH).toFixed(4)) });
    change({ direction, step: 0 });
  });

  const bar = html("div", { class: "lf-steps", style: "margin-top: 10px" });
  const button = (text, label) => html("button", { type: "button", "aria-label": label }, text);
  const [back, next] = [button("‹", "Lùi một bước"), button("›", "Tiến một bước")];
  const slider = html("input", { type: "range", min: 0, step: 1, "aria-label": "Bước" });
  bar.append(back, slider, next);
  const caption = html("p", { class: "lf-caption", "aria-live": "polite", style: "min-height: 2.9em" });
  root.append(bar, caption);
  back.addEventListener("click", () => change({ step: now().step - 1 }));
  next.addEventListener("click", () => change({ step: now().step + 1 }));
  slider.addEventListener("input", () => change({ step: Number(slider.value) }));

  // Hai khung: đồ thị tính toán và ma trận
  const panels = html("div", { class: "lf-panels" });
  root.append(panels);
  const graph = svg(panels, "svg", { role: "group", "aria-label": "Đồ thị tính toán", style: "justify-self: center" });
  const matrix = svg(panels, "svg", { role: "img", style: "justify-self: center; align-self: center" });
  const arrows = svg(graph, "g");
  const conditioners = svg(graph, "g");
  const node = (side, i) => {
    const group = svg(graph, "g");
    const box = svg(group, "rect", { rx: 6, y: -18, height: 36 });
    const ring = svg(group, "rect", { rx: 9, y: -22, height: 44, fill: "none", class: "lf-ring" });
    const pull = svg(group, "path", { d: "M-4-11l4-4l4 4zM-4 11l4 4l4-4z", style: `fill: var(--lf-${side})` });
    const number = svg(group, "text", { y: 4, "text-anchor": "middle", style: "fill: var(--lf-ink)" });
    svgMath(group, `${side}_${i + 1}`, { "text-anchor": "middle", class: `lf-label-${side}`, y: side === "z" ? -26 : 37 });
    const set = (v) => {
      const values = [...model.get("values")];
      values[i] = +clamp(v, -REACH, REACH).toFixed(3);
      change({ values });
    };
    let from = [0, 0];
    draggable(group, graph, {
      start: (_, y) => (from = [y, model.get("values")[i]]),
      move: (_, y) => set(from[1] + (from[0] - y) / 30),
    });
    arrowKeys(group, (dx, dy) => now().known === side && set(model.get("values")[i] + 0.1 * (dx + dy)));
    return { group, box, ring, pull, number };
  };
  const nodes = { z: indices.map((i) => node("z", i)), x: indices.map((i) => node("x", i)) };

  const foot = html("div", { class: "lf-foot" });
  const note = html("p", { style: "margin: 0" });
  foot.append(note);
  root.append(foot, html("p", { class: "lf-hint" }, HINT));
  const row = readout(foot);
  const out = {
    passes: row("lượt qua mạng", "lf-passes"),
    sum: row("$Σ log |∂τ_i|$ (ô chéo)", "lf-gap lf-sum-diagonal"),
    logDet: row("$log |det J|$ thật", "lf-log-det"),
    gap: row("tổng chéo lệch", "lf-is-warn lf-gap-row"),
  };

  /** Mũi tên từ p đến q, dừng cách hai đầu `a` và `b` điểm ảnh. */
  function arrow(p, q, a, b, style) {
    const [dx, dy] = [q[0] - p[0], q[1] - p[1]];
    const length = Math.hypot(dx, dy);
    const [u, v] = [dx / length, dy / length];
    const [x0, y0, x1, y1] = [p[0] + a * u, p[1] + a * v, q[0] - b * u, q[1] - b * v];
    const wing = (side) => [x1 - 7 * u - side * 3.5 * v, y1 - 7 * v + side * 3.5 * u];
    svg(arrows, "path", { d: polyline([[x0, y0], [x1, y1]]), style });
    svg(arrows, "path", { d: polyline([wing(1), [x1, y1], wing(-1)]), style: `${style}; stroke-dasharray: none` });
  }

  const stroke = (color, width, more = "") => `fill: none; stroke: var(--lf-${color}); stroke-width: ${width}; ${more}`;
  const LINES = {
    done: stroke("muted", 1.3),
    ready: stroke("third", 2.6),
    waiting: stroke("line", 1.2, "stroke-dasharray: 3 3"),
  };

  function drawGraph(state, width) {
    const { known, found, read, single, uses, step, rows, done, out: output } = state;
    const unit = width / (D + 0.5);
    const half = clamp(0.43 * unit, 19, 30);
    const height = 292;
    setAttributes(graph, { width, height, viewBox: `0 0 ${width} ${height}` });
    const place = {
      z: (i) => [unit * (i + 0.96), 48],
      h: (i) => [unit * (i + 0.42), 146],
      x: (i) => [unit * (i + 0.96), 244],
    };
    const finished = single ? (step > 0 ? D : 0) : rows;
    // Điều đã biết lúc này; một nút sẵn sàng khi mọi thứ nó đọc đã biết.
    const readable = (j) => read === known || j < finished;
    const ready = (i) => i >= finished && uses[i].every((used, j) => !used || readable(j));
    const status = (i) => (i < finished ? "done" : ready(i) ? "ready" : "waiting");
    arrows.replaceChildren();
    conditioners.replaceChildren();
    for (const kind of ["waiting", "done", "ready"]) {
      for (const i of indices.filter((k) => status(k) === kind)) {
        for (const j of indices.filter((k) => uses[i][k])) {
          arrow(place[read](j), place.h(i), 21, 15, j < i ? LINES[kind] : stroke("warn", 2.4));
        }
        arrow(place[known](i), place[found](i), 20, 21, LINES[kind]);
        arrow(place.h(i), place[found](i), 15, 21, LINES[kind]);
      }
    }
    for (const i of indices) {
      const [cx, cy] = place.h(i);
      const color = { done: "ink", ready: "third", waiting: "line" }[status(i)];
      svg(conditioners, "circle", { cx, cy, r: 14, style: `fill: var(--lf-surface); stroke: var(--lf-${color}); stroke-width: 1.6` });
      svgMath(conditioners, `h_${i + 1}`, { x: cx, y: cy + 4, "text-anchor": "middle", style: "font-size: 13px" });
    }
    for (const side of ["z", "x"]) {
      nodes[side].forEach(({ group, box, ring, pull, number }, i) => {
        const input = side === known;
        const value = input ? model.get("values")[i] : i < finished ? output[i] : null;
        const text = value === null ? "chưa biết" : format(value);
        const slide = { tabindex: 0, "aria-orientation": "vertical", "aria-valuemin": -REACH };
        Object.assign(slide, { "aria-valuemax": REACH, "aria-valuenow": value, "aria-valuetext": text });
        for (const key of Object.keys(slide)) if (!input) slide[key] = null;
        setAttributes(group, {
          ...slide,
          transform: `translate(${place[side](i).map((v) => v.toFixed(2)).join(" ")})`,
          class: input ? "lf-handle" : "",
          style: input ? "cursor: ns-resize" : "pointer-events: none",
          role: input ? "slider" : "img",
          "aria-label": input ? `Giá trị ${side} ${i + 1}` : `${side} ${i + 1}: ${text}`,
        });
        const edge = `stroke: var(--lf-${value === null ? "line" : side}); stroke-width: ${input ? 2.2 : 1.2}`;
        setAttributes(box, { x: -half, width: 2 * half, style: `fill: var(--lf-surface); ${edge}` });
        setAttributes(ring, { x: -half - 4, width: 2 * half + 8 });
        pull.style.display = input ? "" : "none";
        number.textContent = value === null ? "?" : format(value);
      });
    }
  }

  function drawMatrix({ known, found, single, rows, J, logs, done, step }, width) {
    const [left, top] = [30, 26];
    const cell = Math.min((width - left - 4) / D, 62);
    const [total, height] = [left + D * cell + 4, top + D * cell + 4];
    setAttributes(matrix, { width: total, height, viewBox: `0 0 ${total} ${height}` });
    matrix.replaceChildren();
    const spoken = [];
    for (const i of indices) {
      const middle = top + (i + 0.5) * cell;
      svgMath(matrix, `${known}_${i + 1}`, { x: left + (i + 0.5) * cell, y: top - 9, "text-anchor": "middle", class: `lf-label-${known}` });
      svgMath(matrix, `${found}_${i + 1}`, { x: left - 8, y: middle + 4, "text-anchor": "end", class: `lf-label-${found}` });
      for (const j of indices) {
        const filled = i < rows;
        const value = filled ? J[i][j] : 0;
        const right = i === j ? Math.exp(logs[i]) : j > i ? 0 : value;
        const wrong = filled && Math.abs(value - right) > 1e-9;
        const zero = j > i && !wrong;
        const strength = Math.min(0.5, 0.08 + 0.25 * Math.abs(value));
        const color = wrong ? "warn" : zero ? "muted" : value < 0 ? "x" : "z";
        const opacity = !filled ? 0 : zero ? 0.14 : value === 0 ? 0 : strength;
        const border = wrong ? stroke("warn", 2.6) : i === j ? stroke("third", 2.4) : stroke("line", 1);
        const [x, y, side] = [left + j * cell + 2, top + i * cell + 2, cell - 4];
        const style = `${border} fill: var(--lf-${color}); fill-opacity: ${opacity}`;
        svg(matrix, "rect", { x, y, width: side, height: side, rx: 4, class: wrong ? "lf-cell lf-wrong-cell" : "lf-cell", style });
        if (!filled) continue;
        const text = svg(matrix, "text", { x: left + (j + 0.5) * cell, y: middle + 4, "text-anchor": "middle" });
        text.textContent = zero ? "0" : format(value);
        if (!zero) text.setAttribute("style", `fill: var(--lf-ink)${i === j ? "; font-weight: 600" : ""}`);
        spoken.push(text.textContent);
      }
    }
    const current = single ? step > 1 : step > 0;
    if (current) {
      svg(matrix, "rect", { x: left, y: top + (rows - 1) * cell, width: D * cell, height: cell, rx: 6, style: stroke("ink", 1.4) });
    }
    const name = `Ma trận Jacobi ∂${found}/∂${known}, ${rows} trên ${D} hàng đã đầy`;
    matrix.setAttribute("aria-label", spoken.length ? `${name}: ${spoken.join("; ")}` : name);
  }

  /** Một câu cho bước đang xem. */
  function tell({ known, found, read, single, uses, step, rows, done, J, logs, out: output }) {
    const i = rows;
    const wait = done < D && step === done ? uses[done].findIndex((used, j) => used && j >= done) : -1;
    const lock = wait < 0 ? "" : ` Kẹt: $h_${done + 1}$ đợi $${read}_${wait + 1}$, mà $${read}_${wait + 1}$ lại đợi $h_${done + 1}$. Không có thứ tự nào tính được.`;
    if (step === 0 && single) return `Đã biết mọi $${known}$: mọi mũi tên đều đi được ngay (nét đậm).`;
    if (step === 0) {
      const first = done > 0 ? " Mới chỉ $h_1$, vốn không đọc gì, là đi được (nét đậm)." : "";
      return `Đã biết mọi $${known}$, nhưng $h_i$ đọc $${read}$.${first}${lock}`;
    }
    if (single && step === 1) return `Lượt 1, cũng là lượt cuối: mạng cho mọi $h_i$, rồi mọi $${found}_i$ cùng một lúc.`;
    const diagonal = J[i - 1][i - 1];
    const slope = Math.exp(logs[i - 1]);
    const cell = `Ô chéo là $∂${found}_${i}/∂${known}_${i}$ = ${format(diagonal)}`;
    const formula = Math.abs(diagonal - slope) > 1e-9 ? `; công thức lại lấy ${format(slope)}, vì coi $h_${i}$ đứng yên.` : ".";
    const above = J[i - 1].findIndex((v, j) => j >= i && v !== 0);
    const zero = above >= 0 ? ` Ô (${i}, ${above + 1}) khác 0: tam giác đã vỡ.` : i < D ? " Bên phải nó là 0." : "";
    const start = single ? `Hàng ${i}. ` : `Lượt ${i}: có $h_${i}$, suy ra $${found}_${i}$ = ${format(output[i - 1])}. `;
    return start + cell + formula + zero + lock;
  }

  function draw() {
    const space = panels.clientWidth;
    if (!space) return; // đang ẩn
    const wide = root.clientWidth >= 640;
    root.classList.toggle("lf-wide", wide);
    const state = now();
    const width = wide ? (panels.clientWidth - 14) / 2 : Math.min(space, 420);
    drawGraph(state, width);
    drawMatrix(state, width);
    markPreset(state.spec.name);
    markForm(state.form);
    markDirection(state.direction);
    caption.replaceChildren(...prose(tell(state)));
    setAttributes(slider, { max: state.last, "aria-valuetext": caption.textContent });
    slider.value = state.step;
    [back.disabled, next.disabled] = [state.step === 0, state.step === state.last];

    const all = state.rows === D;
    const sum = state.logs.slice(0, state.rows).reduce((a, b) => a + b, 0);
    const gap = sum - state.logDet;
    const wrong = all && Math.abs(gap) > 1e-9;
    out.passes.value.textContent = state.single ? `${Math.min(state.step, 1)} / 1` : `${state.step} / ${D}`;
    out.sum.value.textContent = format(sum, 4);
    out.logDet.value.textContent = all ? format(state.logDet, 4) : state.done < D ? "không tính được" : "chờ đủ hàng";
    out.gap.value.textContent = format(wrong ? gap : 0, 4);
    out.gap.value.parentNode.style.visibility = wrong ? "visible" : "hidden";
    out.sum.value.classList.toggle("lf-struck", wrong);
    note.replaceChildren(...prose(`${state.spec.note} ${FORMS[`${state.form} ${state.direction}`]}`));
  }

  const redraw = once(draw);
  const keys = ["preset", "form", "direction", "values", "step"].map((k) => `change:${k}`).join(" ");
  model.on(keys, redraw);
  const stop = onWidth(root, draw);
  return () => {
    stop();
    model.off(keys, redraw);
  };
}

export default { render };
