// Đồ nghề của những hình có nhiều nút: hàng lựa chọn có nhãn, khung vẽ, hai cột số, kết quả nhớ lại.

/** Hàm đặt vài thuộc tính của mô hình rồi lưu một lần. */
function changer(model) {
  const save = saver(model);
  return (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };
}

/** Một hàng lựa chọn có nhãn. */
function labelledRow(root, label, attributes = {}) {
  const node = html("div", { class: "lf-options", ...attributes });
  node.append(html("span", { style: "color: var(--lf-muted); font-size: 13px" }, label));
  root.append(node);
  return node;
}

/** Một cái tên, sau một vạch mang màu của nó. */
function swatched(color, text) {
  const style = `display: inline-block; width: 14px; height: 3px; margin: 0 6px 3px 0; background: ${color}`;
  return html("span", {}, html("span", { style, "aria-hidden": "true" }), text);
}

/** Một khung vẽ: trục ở dưới, phần bị cắt theo khung ở giữa, các dấu ở trên. */
function panelIn(panels, label) {
  const box = html("div", { class: "lf-panel" });
  panels.append(box);
  const picture = svg(box, "svg", { role: "img", "aria-label": label });
  const [axes, inside] = [svg(picture, "g"), clipped(picture)];
  return { picture, axes, inside, marks: svg(picture, "g") };
}

/** Hai cột số dưới hình: hai hàm thêm dòng. */
function twoColumns(root) {
  const foot = html("div", { class: "lf-foot" });
  const columns = [html("div"), html("div")];
  foot.append(...columns);
  root.append(foot);
  return columns.map((column) => readout(column));
}

/** Kết quả của những lần tính gần đây, không quá `limit`. */
function memory(limit) {
  const kept = new Map();
  return (key, make) => {
    if (kept.size > limit) kept.clear();
    if (!kept.has(key)) kept.set(key, make());
    return kept.get(key);
  };
}
