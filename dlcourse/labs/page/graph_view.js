// What the graph lab shows, and what its controls do. What it knows of a formula is graph.js.

(() => {
  const {readFormula, writeFormula, namesOf, inWords, stepsOf, pathsOf, nudge, codesOf} = window.dlLabs;
  const {forward, backward, active, short, groundOf, onNewTheme, startEach, copy, element, ownAddress} = window.dlLabs;
  const SVG = "http://www.w3.org/2000/svg";
  const BOX = {width: 132, height: 62, across: 196, down: 84};

  function drawn(name, attributes = {}, ...children) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  /** Columns by the longest way from an input; within a column, near what goes in. */
  function layout({nodes}) {
    const column = nodes.map(() => 0);
    nodes.forEach(({from}, k) => from.forEach((i) => (column[k] = Math.max(column[k], column[i] + 1))));
    // A leaf stands right before what it is used by first.
    nodes.forEach(({from}, k) => {
      if (from.length) return;
      const used = nodes.flatMap((node, j) => (node.from.includes(k) ? [column[j]] : []));
      if (used.length) column[k] = Math.min(...used) - 1;
    });
    const height = nodes.map(() => 0);
    let leaves = 0;
    nodes.forEach(({from}, k) => {
      height[k] = from.length ? from.reduce((sum, i) => sum + height[i], 0) / from.length : leaves++;
    });
    for (let c = 0; c <= Math.max(...column); c++) {
      const inColumn = nodes.map((_, k) => k).filter((k) => column[k] === c).sort((a, b) => height[a] - height[b]);
      for (let j = 1; j < inColumn.length; j++) height[inColumn[j]] = Math.max(height[inColumn[j]], height[inColumn[j - 1]] + 1);
    }
    const lowest = Math.min(...height);
    return nodes.map((_, k) => ({x: 8 + column[k] * BOX.across, y: 8 + (height[k] - lowest) * BOX.down}));
  }

  function start(lab) {
    const $ = (selector) => lab.querySelector(selector);
    const stage = $(".dl-lab-graph");
    const slider = $("input.dl-lab-step");
    const [back, play, forwardButton] = lab.querySelectorAll(".dl-buttons button");
    const caption = $(".dl-caption");
    const problemsShown = $(".dl-lab-problems");
    const address = ownAddress(lab);
    let state; // what was read
    let names;
    let out; // the value of each node
    let steps;
    let at = 0;
    let timer = null;
    let parts = []; // the drawing of each node: box, value, gradient
    // Edges pass behind the boxes.
    const paint = () => {
      const {color, dark} = groundOf(lab);
      lab.style.setProperty("--dl-lab-ground", color);
      lab.style.setProperty("--dl-lab-back", dark ? "#ff9d5c" : "#a63c00");
    };

    // --- the drawing --------------------------------------------------------------------------

    function draw() {
      const {graph} = state;
      const places = layout(graph);
      const width = Math.max(...places.map(({x}) => x)) + BOX.width + 8;
      const height = Math.max(...places.map(({y}) => y)) + BOX.height + 8;
      const svg = drawn("svg", {viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `The graph of ${state.formula}; its numbers stand in the table below.`});
      graph.nodes.forEach(({from}, k) => from.forEach((i, j) => {
        const [a, b] = [places[i], places[k]];
        const [x0, y0, x1] = [a.x + BOX.width, a.y + BOX.height / 2, b.x];
        // Two edges into one node end apart from one another.
        const y1 = b.y + BOX.height * (from.length === 1 ? 0.5 : j ? 0.72 : 0.28);
        const mid = Math.max((x0 + x1) / 2, x1 - 40);
        svg.append(drawn("path", {d: `M${x0} ${y0}C${mid} ${y0} ${mid} ${y1} ${x1} ${y1}`, class: "dl-edge", "data-edge": `${k}.${j}`}));
        svg.append(drawn("text", {x: x1 - 6, y: y1 - 5, "text-anchor": "end", class: "dl-slope", "data-slope": `${k}.${j}`}));
      }));
      parts = graph.nodes.map(({op, name}, k) => {
        const {x, y} = places[k];
        const leaf = op === "input" || op === "number";
        const title = leaf ? names[k] : `${names[k]} = ${inWords(graph.nodes[k], names)}`;
        const group = drawn("g", {class: `dl-node dl-${leaf ? op : "operation"}`, transform: `translate(${x} ${y})`});
        const label = drawn("text", {x: BOX.width / 2, y: 18, "text-anchor": "middle", class: "dl-name"}, title.length > 17 ? `${title.slice(0, 16)}…` : title);
        const value = drawn("text", {x: BOX.width / 2, y: 36, "text-anchor": "middle", class: "dl-number"});
        const gradient = drawn("text", {x: BOX.width / 2, y: 54, "text-anchor": "middle", class: "dl-gradient"});
        group.append(drawn("rect", {width: BOX.width, height: BOX.height, rx: leaf ? 20 : 4}), label, value, gradient);
        if (op === "number" && name === undefined) value.setAttribute("visibility", "hidden");
        svg.append(group);
        return {group, value, gradient};
      });
      stage.replaceChildren(svg);
    }

    /** Write into the drawing what is known after the steps so far. */
    function show(playing = false) {
      const {graph} = state;
      const done = steps.slice(0, at + 1);
      const known = new Set(graph.nodes.flatMap(({from}, k) => (from.length ? [] : [k])));
      const gradients = new Map();
      const slopes = new Map();
      for (const {kind, node, passed} of done) {
        if (kind === "forward") known.add(node);
        if (kind === "turn") gradients.set(node, 1);
        for (const {to, edge, slope, part} of passed ?? []) {
          gradients.set(to, (gradients.get(to) ?? 0) + part);
          slopes.set(`${node}.${edge}`, slope);
        }
      }
      const now = steps[at];
      parts.forEach(({group, value, gradient}, k) => {
        value.textContent = known.has(k) ? short(out[k]) : "";
        gradient.textContent = gradients.has(k) ? `∂ ${short(gradients.get(k))}` : "";
        group.classList.toggle("dl-now", now.node === k);
      });
      for (const edge of stage.querySelectorAll("[data-edge]")) edge.classList.toggle("dl-now", slopes.has(edge.dataset.edge) && now.kind === "backward" && edge.dataset.edge.startsWith(`${now.node}.`));
      for (const label of stage.querySelectorAll("[data-slope]")) label.textContent = slopes.has(label.dataset.slope) ? `× ${short(slopes.get(label.dataset.slope))}` : "";
      slider.max = steps.length - 1;
      slider.value = at;
      $(".dl-lab-at").textContent = `${at} of ${steps.length - 1}`;
      slider.setAttribute("aria-valuetext", `step ${at} of ${steps.length - 1}`);
      back.setAttribute("aria-disabled", at === 0);
      forwardButton.setAttribute("aria-disabled", at === steps.length - 1);
      caption.setAttribute("aria-live", playing ? "off" : "polite");
      caption.textContent = sentence(now);
    }

    function sentence({kind, node, gradient, passed}) {
      const {graph} = state;
      if (kind === "begin") return "The numbers are given; nothing is computed yet.";
      const own = names[node];
      if (kind === "turn") return `The way back begins: if ${own} changes by something, ${own} changes by 1 time as much.`;
      const words = inWords(graph.nodes[node], names);
      if (kind === "forward") {
        const values = graph.nodes.map((_, k) => short(out[k]));
        return `Forward: ${own} = ${words} = ${inWords(graph.nodes[node], values)} = ${short(out[node])}.`;
      }
      const told = passed.map(({to, slope, part}) => `${short(gradient)} × ${short(slope)} = ${short(part)} to ${names[to]}`);
      return `Backward: the gradient at ${own} = ${words} is ${short(gradient)}. It passes on ${told.join(" and ")}.`;
    }

    // --- what stands below --------------------------------------------------------------------

    const rows = (table, list) => table.replaceChildren(...list.map(([head, ...cells]) =>
      element("tr", {}, element("th", {scope: "row"}, head), ...cells.map((text) => element("td", {}, text)))));

    function fillBelow() {
      const {graph, numbers} = state;
      const gradients = backward(graph, out);
      const depends = active(graph);
      rows($(".dl-lab-table tbody"), graph.nodes.map((node, k) =>
        [names[k], node.from.length ? inWords(node, names) : "given", short(out[k]), depends[k] ? short(gradients[k]) : "none"]));
      const chosen = $(".dl-lab-input").value;
      const {paths, count} = pathsOf(graph, out, chosen);
      const shown = paths.map(({nodes, slopes, product}) =>
        element("li", {}, `${nodes.map((k) => names[k]).join(" → ")}: ${slopes.map(short).join(" × ") || "1"} = ${short(product)}`));
      $(".dl-lab-paths ul").replaceChildren(...shown);
      const rest = count > paths.length ? `, the first ${paths.length} of which stand here` : "";
      $(".dl-lab-paths p").textContent = `${count === 1 ? "One path leads" : `${count} paths lead`} from ${chosen} to ${names[graph.root]}${rest}. ` +
        `Slopes along a path are multiplied, paths are added: ${short(gradients[graph.inputs[chosen]])}.`;
      const h = Number($(".dl-lab-nudge").value);
      const right = Number.isFinite(h) && h !== 0 && Math.abs(h) <= 1e6;
      const result = names[graph.root];
      if (right) {
        const {before, after, change, quotient, slope, promised} = nudge(state, chosen, h);
        $(".dl-lab-nudged").textContent = `${chosen} from ${short(numbers[chosen])} to ${short(numbers[chosen] + h)} takes ${result} from ${short(before)} to ${short(after)}: ` +
          `a change of ${short(change)}, which is ${short(quotient)} times as much. The gradient is ${short(slope)} and promises ${short(promised)}.`;
      } else $(".dl-lab-nudged").textContent = "The change has to be a number other than 0.";
      const codes = codesOf(state);
      $(".dl-lab-python code").textContent = `${codes[$(".dl-lab-library").value].join("\n")}\n`;
      const text = writeFormula(state);
      lab.dataset.config = text;
      address.write(text);
    }

    // --- controls -----------------------------------------------------------------------------

    function stop() {
      clearInterval(timer);
      timer = null;
      play.textContent = "Play";
    }

    function move(to) {
      stop();
      at = Math.max(0, Math.min(steps.length - 1, to));
      show();
    }

    /** Compute anew; `from` are the values before, to tell how far the change went. */
    function compute(from = null) {
      out = forward(state.graph, state.numbers);
      steps = stepsOf(state.graph, out);
      at = Math.min(at, steps.length - 1);
      show();
      fillBelow();
      if (from === null) return;
      const changed = state.graph.nodes.flatMap((_, k) => (Object.is(from[k], out[k]) ? [] : [k]));
      parts.forEach(({group}) => group.classList.remove("dl-changed"));
      void stage.offsetWidth; // so that the wave begins anew
      changed.forEach((k, order) => {
        parts[k].group.style.setProperty("--order", order);
        parts[k].group.classList.add("dl-changed");
      });
      caption.textContent = `${changed.map((k) => `${names[k]} from ${short(from[k])} to ${short(out[k])}`).join(", then ")}.`;
    }

    function takeOver(read, {keep = false} = {}) {
      problemsShown.textContent = read.problems.length ? `${keep ? "Not changed" : "Not all of it could be read"}: ${read.problems.join("; ")}.` : "";
      if (keep && read.problems.length) return;
      state = read;
      names = namesOf(state.graph, short);
      $(".dl-lab-formula").value = state.formula;
      const inputs = Object.keys(state.numbers);
      $(".dl-lab-numbers").replaceChildren(...inputs.map((name) => {
        const input = element("input", {type: "number", step: "any", autocomplete: "off", value: state.numbers[name]});
        input.addEventListener("change", () => {
          const value = Number(input.value);
          const right = input.value !== "" && Number.isFinite(value) && Math.abs(value) <= 1e100;
          problemsShown.textContent = right ? "" : `Not changed: ${name} has to be a number of at most 1e100.`;
          if (!right) return void (input.value = state.numbers[name]);
          stop();
          state.numbers[name] = value;
          at = steps.length - 1;
          compute(out);
        });
        return element("label", {}, `${name} = `, input);
      }));
      const select = $(".dl-lab-input");
      const old = select.value;
      select.replaceChildren(...inputs.map((name) => element("option", {value: name}, name)));
      if (inputs.includes(old)) select.value = old;
      out = forward(state.graph, state.numbers);
      steps = stepsOf(state.graph, out);
      at = steps.length - 1;
      draw();
      compute();
    }

    $(".dl-lab-formula").addEventListener("change", (event) => {
      stop();
      const numbers = Object.entries(state.numbers).filter(([name]) => new RegExp(`\\b${name}\\b`).test(event.target.value));
      takeOver(readFormula(writeFormula({formula: event.target.value, numbers: Object.fromEntries(numbers)})), {keep: true});
    });
    slider.addEventListener("input", () => move(Number(slider.value)));
    back.addEventListener("click", () => move(at - 1));
    forwardButton.addEventListener("click", () => move(at + 1));
    play.addEventListener("click", () => {
      if (timer !== null) return move(at);
      if (at === steps.length - 1) at = 0;
      play.textContent = "Pause";
      show(true);
      timer = setInterval(() => {
        at++;
        if (at === steps.length - 1) move(at);
        else show(true);
      }, 1200);
    });
    for (const control of lab.querySelectorAll(".dl-lab-input, .dl-lab-nudge, .dl-lab-library")) control.addEventListener("change", fillBelow);
    $(".dl-lab-copy").addEventListener("click", (event) => copy(event.target, $(".dl-lab-python code")));
    paint();
    onNewTheme(paint);
    address.listen((text) => takeOver(readFormula(text)));
    takeOver(readFormula(address.read() || lab.dataset.config));
  }

  startEach(".dl-graph-lab", start);
})();
