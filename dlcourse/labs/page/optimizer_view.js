// What the optimizer lab shows, and what its controls do. All numbers come from optimizer.js.

(() => {
  const {forward, OPTIMIZERS, SURFACES, OPTIMIZER_SCHEDULES, RUNNERS} = window.dlLabs;
  const {readConfig, writeConfig, race, snippet, short, groundOf, onNewTheme, startEach, ownAddress, copy, element} = window.dlLabs;
  const BANDS = 12;
  const LIGHT = {ink: "#333333", paper: "#ffffff", grid: "#d5d5d5", low: [255, 255, 255], high: [205, 221, 238], line: "#8fa9c4"};
  const DARK = {ink: "#d5d9dd", paper: "#14181c", grid: "#3a4148", low: [20, 24, 28], high: [36, 56, 78], line: "#5b7795"};
  const FONT = "13px system-ui, sans-serif";
  const MARGIN = {left: 48, right: 20, top: 22, bottom: 36};
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");

  /** The color of a band of the map, from the lowest to the highest. */
  const bandColor = ({low, high}, band) => low.map((value, k) => Math.round(value + ((high[k] - value) * band) / (BANDS - 1)));

  /** About n round numbers between two ends. */
  function ticks(low, high, n = 6) {
    const raw = (high - low) / n;
    const unit = 10 ** Math.floor(Math.log10(raw));
    const step = unit * ([1, 2, 5].find((m) => m * unit >= raw) ?? 10);
    const found = [];
    for (let k = Math.ceil(low / step); k * step <= high * (1 + 1e-12) && found.length < 50; k++) found.push(Number((k * step).toPrecision(12)));
    return found;
  }

  /** A canvas that is as sharp as its screen, and the part of it that is drawn on. */
  function sharp(canvas) {
    const ratio = window.devicePixelRatio || 1;
    const {clientWidth: width, clientHeight: height} = canvas;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.font = FONT;
    pen.lineJoin = "round";
    return {pen, width, height, ratio};
  }

  /** What turns numbers into places between two edges; far away is far enough. */
  const scale = (low, high, from, to) => (value) => Math.max(-1e4, Math.min(1e4, from + ((value - low) / (high - low)) * (to - from)));

  const MARKERS = {
    circle: (p, x, y, r) => p.arc(x, y, r, 0, 7),
    square: (p, x, y, r) => p.rect(x - r, y - r, 2 * r, 2 * r),
    triangle: (p, x, y, r) => polygon(p, x, y, r * 1.3, [-90, 30, 150]),
    diamond: (p, x, y, r) => polygon(p, x, y, r * 1.35, [-90, 0, 90, 180]),
    plus: (p, x, y, r) => cross(p, x, y, r * 1.3, 0),
    cross: (p, x, y, r) => cross(p, x, y, r * 1.3, 45),
    star: (p, x, y, r) => polygon(p, x, y, r * 1.4, [-90, -54, -18, 18, 54, 90, 126, 162, 198, 234], 0.45),
  };

  function polygon(pen, x, y, r, angles, inner = 1) {
    angles.forEach((angle, k) => {
      const turn = (angle * Math.PI) / 180;
      const length = k % 2 ? r * inner : r;
      pen[k ? "lineTo" : "moveTo"](x + length * Math.cos(turn), y + length * Math.sin(turn));
    });
    pen.closePath();
  }

  function cross(pen, x, y, r, turn) {
    const w = r * 0.38;
    const corners = [[-w, -r], [w, -r], [w, -w], [r, -w], [r, w], [w, w], [w, r], [-w, r], [-w, w], [-r, w], [-r, -w], [-w, -w]];
    const [c, s] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
    corners.forEach(([a, b], k) => pen[k ? "lineTo" : "moveTo"](x + a * c - b * s, y + a * s + b * c));
    pen.closePath();
  }

  function mark(pen, kind, x, y, r, color, paper) {
    pen.beginPath();
    MARKERS[kind](pen, x, y, r);
    pen.fillStyle = color;
    pen.fill();
    pen.lineWidth = 1.2;
    pen.strokeStyle = paper;
    pen.stroke();
  }

  /** Start a laboratory in its element. */
  function start(lab) {
    const $ = (selector) => lab.querySelector(selector);
    const $$ = (selector) => [...lab.querySelectorAll(selector)];
    const [map, curves, rates] = $$("canvas");
    const slider = $("input.dl-lab-step");
    const [back, play, forwardButton] = $$(".dl-buttons button");
    const caption = $(".dl-caption");
    const problemsShown = $(".dl-lab-problems");
    const outputs = Object.fromEntries($$("[data-run]").map((row) => [row.dataset.run, row.querySelector("output")]));
    const address = ownAddress(lab);
    let config;
    let runs = [];
    let lossRange; // what the axes of this race have to show
    let highestRate;
    let timer = null;
    let lastWritten = 0; // when the numbers beside the pictures were
    let background = null; // the map without paths, drawn once for each surface
    let marks = null; // how the map turns numbers into places

    let look = groundOf(lab).dark ? DARK : LIGHT;
    const theme = () => look;
    const color = (name) => RUNNERS[name][theme() === DARK ? "dark" : "light"];

    // --- drawing ----------------------------------------------------------------------------

    function frame(pen, box, xTicks, yTicks, xAt, yAt, labels) {
      const {ink, grid} = theme();
      pen.strokeStyle = grid;
      pen.lineWidth = 1;
      pen.strokeRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
      pen.fillStyle = ink;
      pen.textAlign = "center";
      pen.textBaseline = "top";
      for (const t of xTicks) pen.fillText(labels.x(t), xAt(t), box.bottom + 5);
      if (labels.xName) pen.fillText(labels.xName, (box.left + box.right) / 2, box.bottom + 20);
      pen.textAlign = "right";
      pen.textBaseline = "middle";
      for (const t of yTicks) pen.fillText(labels.y(t), box.left - 5, yAt(t));
      if (labels.yName) {
        pen.textAlign = "left";
        pen.textBaseline = "bottom";
        pen.fillText(labels.yName, box.left, box.top - 3);
      }
    }

    const boxOf = (width, height, bottom = MARGIN.bottom) =>
      ({left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - bottom});

    // A laboratory that is folded away, or in a frame that has no size yet, is drawn when it has one.
    const hasRoom = () => map.clientWidth > MARGIN.left + MARGIN.right && map.clientHeight > MARGIN.top + MARGIN.bottom;
    const isFlat = () => config.ground.inputs.y === undefined;
    const heightAt = (x, y) => forward(config.ground, {x, y})[config.ground.root];

    function drawBackground() {
      const {width, height, ratio} = sharp(map);
      const [x0, x1, y0, y1] = config.view;
      const box = boxOf(width, height);
      marks = {box, x: scale(x0, x1, box.left, box.right), y: scale(y0, y1, box.bottom, box.top)};
      background = document.createElement("canvas");
      background.width = map.width;
      background.height = map.height;
      const pen = background.getContext("2d");
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.font = FONT;
      pen.fillStyle = theme().paper;
      pen.fillRect(0, 0, width, height);
      if (isFlat()) drawCurve(pen, box);
      else drawBands(pen, box);
      const name = (t) => short(t);
      frame(pen, box, ticks(x0, x1), ticks(y0, y1), marks.x, marks.y, {x: name, y: name, xName: "x", yName: isFlat() ? "" : "y"});
      const {minimum} = SURFACES[config.surface];
      if (minimum) mark(pen, "star", marks.x(minimum[0]), marks.y(minimum[1]), 6, theme().ink, theme().paper);
    }

    /** Compute the heights at the pixels of the map: at every third one, and in between in lines. */
    function heightsOfMap(columns, rows) {
      const every = 3;
      const [x0, x1, y0, y1] = config.view;
      const [across, down] = [Math.ceil(columns / every) + 1, Math.ceil(rows / every) + 1];
      const {ground} = config;
      const [known, place, out] = [new Float64Array(across * down), {x: 0, y: 0}, new Float64Array(ground.nodes.length)];
      for (let j = 0; j < down; j++) {
        place.y = y1 - ((y1 - y0) * j * every) / rows;
        for (let i = 0; i < across; i++) {
          place.x = x0 + ((x1 - x0) * i * every) / columns;
          known[j * across + i] = forward(ground, place, out)[ground.root];
        }
      }
      const heights = new Float64Array(columns * rows);
      for (let j = 0; j < rows; j++) {
        const [row, v] = [Math.floor(j / every) * across, (j % every) / every];
        for (let i = 0; i < columns; i++) {
          const k = row + Math.floor(i / every);
          const u = (i % every) / every;
          heights[j * columns + i] = (1 - v) * ((1 - u) * known[k] + u * known[k + 1]) + v * ((1 - u) * known[k + across] + u * known[k + across + 1]);
        }
      }
      return heights;
    }

    /** Fill the map with bands; each covers about as much of it as any other. */
    function drawBands(pen, box) {
      const [columns, rows] = [Math.round(box.right - box.left), Math.round(box.bottom - box.top)];
      const heights = heightsOfMap(columns, rows);
      const sample = heights.filter((h, k) => k % 17 === 0 && Number.isFinite(h)).sort();
      const bounds = Array.from({length: BANDS - 1}, (_, k) => sample[Math.floor(((k + 1) * sample.length) / BANDS)]);
      const bands = new Uint8Array(heights.length);
      for (let k = 0; k < heights.length; k++) {
        let band = 0;
        while (band < BANDS - 1 && !(heights[k] < bounds[band])) band++; // what is no number lies highest
        bands[k] = band;
      }
      const picture = new ImageData(columns, rows);
      const pixels = new Uint32Array(picture.data.buffer);
      const packed = ([r, g, b]) => new Uint32Array(Uint8ClampedArray.of(r, g, b, 255).buffer)[0];
      const colors = Array.from({length: BANDS}, (_, band) => packed(bandColor(theme(), band)));
      const line = packed([1, 3, 5].map((k) => parseInt(theme().line.slice(k, k + 2), 16)));
      for (let k = 0; k < bands.length; k++) {
        const besides = (k + 1) % columns !== 0 && bands[k] !== bands[k + 1];
        const below = k + columns < bands.length && bands[k] !== bands[k + columns];
        pixels[k] = besides || below ? line : colors[bands[k]];
      }
      const small = document.createElement("canvas");
      [small.width, small.height] = [columns, rows];
      small.getContext("2d").putImageData(picture, 0, 0);
      pen.drawImage(small, box.left, box.top, box.right - box.left, box.bottom - box.top);
    }

    function drawCurve(pen, box) {
      const [x0, x1] = config.view;
      pen.save();
      pen.beginPath();
      pen.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
      pen.clip();
      pen.beginPath();
      for (let k = 0; k <= 400; k++) {
        const x = x0 + ((x1 - x0) * k) / 400;
        pen.lineTo(marks.x(x), marks.y(heightAt(x, 0)));
      }
      pen.strokeStyle = theme().line;
      pen.lineWidth = 2.5;
      pen.stroke();
      pen.restore();
    }

    // Pictures that only grow: while a race goes forward, what was drawn stays.
    const grown = new Map([map, curves, rates].map((canvas) => [canvas, {picture: document.createElement("canvas"), race: null, at: 0}]));

    /** Draw what is new since the last time; `begin` draws what stands below all of it. */
    function grow(canvas, begin, draw) {
      const {pen, width, height, ratio} = sharp(canvas);
      const layer = grown.get(canvas);
      const {picture} = layer;
      const anew = layer.race !== runs || config.at < layer.at || picture.width !== canvas.width || picture.height !== canvas.height;
      if (anew) {
        [picture.width, picture.height] = [canvas.width, canvas.height];
        Object.assign(layer, {race: runs, at: 0});
      }
      const inner = picture.getContext("2d");
      inner.setTransform(ratio, 0, 0, ratio, 0, 0);
      inner.font = FONT;
      inner.lineJoin = "round";
      if (anew) begin(inner, width, height);
      for (const run of runs) {
        inner.strokeStyle = inner.fillStyle = color(run.optimizer);
        inner.lineWidth = 2;
        draw(inner, run, layer.at, config.at);
      }
      layer.at = config.at;
      pen.drawImage(picture, 0, 0, width, height);
      return pen;
    }

    /** Let nothing be drawn outside of a box. */
    function clip(pen, {left, right, top, bottom}, more = 0) {
      pen.beginPath();
      pen.rect(left, top - more, right - left + 2 * more, bottom - top + more);
      pen.clip();
    }

    /** Draw a line through places, from one step to another. */
    function line(pen, from, to, place) {
      if (to <= from) return;
      pen.beginPath();
      for (let k = from; k <= to; k++) pen.lineTo(...place(k));
      pen.stroke();
    }

    function drawMap() {
      const {width, height} = sharp(map);
      if (background === null || background.width !== map.width || background.height !== map.height) drawBackground();
      const {box} = marks;
      const placeOf = (run) => (k) => [marks.x(run.places[k][0]), marks.y(isFlat() ? run.losses[k] : run.places[k][1])];
      const dotted = config.steps <= 120; // more of them are no dots any more
      const pen = grow(map, (inner) => inner.drawImage(background, 0, 0, width, height), (inner, run, from, to) => {
        const last = run.places.length - 1;
        inner.save();
        clip(inner, box);
        line(inner, Math.min(from, last), Math.min(to, last), placeOf(run));
        for (let k = from + 1; dotted && k <= Math.min(to, last); k++) {
          const [x, y] = placeOf(run)(k);
          inner.fillRect(x - 2, y - 2, 4, 4);
        }
        inner.restore();
      });
      pen.save();
      clip(pen, box);
      for (const run of runs) {
        const [x, y] = placeOf(run)(Math.min(config.at, run.places.length - 1));
        mark(pen, RUNNERS[run.optimizer].marker, x, y, 7, color(run.optimizer), theme().paper);
      }
      const [x, y] = config.start;
      pen.beginPath();
      pen.arc(marks.x(x), marks.y(isFlat() ? heightAt(x, 0) : y), 10, 0, 7);
      pen.strokeStyle = theme().ink;
      pen.lineWidth = 2;
      pen.stroke();
      pen.restore();
    }

    /** Where the axis of the losses begins and ends, and whether it is logarithmic. */
    function findLossRange() {
      const losses = runs.flatMap((run) => run.losses);
      if (!losses.length) return {log: true, low: -2, high: 2};
      if (losses.every((loss) => loss >= 0) && losses.some((loss) => loss > 0)) {
        const positive = losses.filter((loss) => loss > 0).map(Math.log10);
        const first = Math.log10(Math.max(runs[0].losses[0], 1e-300));
        const low = Math.max(Math.min(...positive), first - 12);
        const high = Math.min(Math.max(...positive), first + 4);
        return {log: true, low: Math.floor(low), high: Math.max(Math.ceil(high), Math.floor(low) + 1)};
      }
      const first = runs[0].losses[0];
      const far = 3 * Math.max(1, Math.abs(first));
      const near = losses.filter((loss) => Math.abs(loss - first) <= far);
      const [low, high] = [Math.min(...near), Math.max(...near)];
      const room = (high - low) * 0.05 || 1;
      return {log: false, low: low - room, high: high + room};
    }

    function drawCurves() {
      const {paper} = theme();
      const {width, height} = sharp(curves);
      const box = boxOf(width, height, 24);
      const range = lossRange;
      const xAt = scale(0, config.steps, box.left, box.right);
      const yAt = scale(range.low, range.high, box.bottom, box.top);
      const place = (loss) => (range.log ? yAt(loss > 0 ? Math.log10(loss) : range.low - 1) : yAt(loss));
      const begin = (inner) => {
        inner.fillStyle = paper;
        inner.fillRect(0, 0, width, height);
        const yTicks = ticks(range.low, range.high, 5).filter((t) => !range.log || Number.isInteger(t));
        frame(inner, box, ticks(0, config.steps, 5), yTicks, xAt, yAt, {
          x: String,
          y: (t) => (range.log ? `1e${t}`.replace("-", "−") : short(t)),
          yName: range.log ? "loss (log scale)" : "loss",
        });
      };
      const pen = grow(curves, begin, (inner, run, from, to) => {
        const last = run.losses.length - 1;
        inner.save();
        clip(inner, box, 4);
        line(inner, Math.min(from, last), Math.min(to, last), (k) => [xAt(k), place(run.losses[k])]);
        if (run.diverged && to > last) line(inner, 0, 1, (k) => [xAt(last + k), k ? box.top - 4 : place(run.losses[last])]);
        inner.restore();
      });
      for (const run of runs) {
        const last = run.losses.length - 1;
        const gone = run.diverged && config.at > last;
        const shown = Math.min(config.at, last);
        const y = gone ? box.top : Math.max(box.top, Math.min(box.bottom, place(run.losses[shown])));
        mark(pen, RUNNERS[run.optimizer].marker, xAt(gone ? last + 1 : shown), y, 6, color(run.optimizer), paper);
      }
    }

    function drawRates() {
      const {paper} = theme();
      const {width, height} = sharp(rates);
      const box = boxOf(width, height);
      const xAt = scale(0, config.steps, box.left, box.right);
      const yAt = scale(0, highestRate * 1.05, box.bottom, box.top);
      const begin = (inner) => {
        inner.fillStyle = paper;
        inner.fillRect(0, 0, width, height);
        frame(inner, box, ticks(0, config.steps, 5), ticks(0, highestRate, 3), xAt, yAt, {x: String, y: short, xName: "step", yName: "rate"});
      };
      // The rate of a step is drawn from its beginning to its end.
      const pen = grow(rates, begin, (inner, run, from, to) => {
        const last = run.rates.length - 1;
        line(inner, Math.max(from - 1, 0), Math.min(to - 1, last), (k) => [xAt(k + 0.5), yAt(run.rates[k])]);
      });
      for (const run of runs) {
        const k = Math.min(config.at, run.rates.length) - 1;
        if (k >= 0) mark(pen, RUNNERS[run.optimizer].marker, xAt(k + 0.5), yAt(run.rates[k]), 5, color(run.optimizer), paper);
      }
    }

    // --- words ------------------------------------------------------------------------------

    function standing(run) {
      if (run.diverged && config.at >= run.losses.length) return `diverged at step ${run.losses.length}`;
      return `loss ${short(run.losses[Math.min(config.at, run.losses.length - 1)])}`;
    }

    function say() {
      const all = runs.map((run) => `${run.optimizer}: ${standing(run)}`).join("; ");
      caption.textContent = runs.length ? `After ${config.at} of ${config.steps} steps. ${all}.` : "No optimizer is chosen: tick one below.";
    }

    function fillTable() {
      const rows = runs.map((run) => {
        const k = Math.min(config.at, run.places.length - 1);
        const gone = run.diverged && config.at >= run.losses.length;
        const rate = run.rates[Math.min(config.at, run.rates.length - 1)];
        return [run.optimizer, ...(gone ? [`diverged at step ${run.losses.length}`, "", ""] : [short(run.places[k][0]), isFlat() ? "" : short(run.places[k][1]), short(run.losses[k])]), short(rate ?? run.rate)];
      });
      $(".dl-lab-table caption").textContent = `After ${config.at} of ${config.steps} steps`;
      $(".dl-lab-table tbody").replaceChildren(...rows.map(([name, ...cells]) =>
        element("tr", {}, element("th", {scope: "row"}, name), ...cells.map((text) => element("td", {}, text)))));
    }

    // --- one step and all of them -------------------------------------------------------------

    /** Show the step that the configuration names. Words are left out while the race plays. */
    function show(playing = false) {
      slider.max = config.steps;
      slider.value = config.at;
      back.setAttribute("aria-disabled", config.at === 0);
      forwardButton.setAttribute("aria-disabled", config.at === config.steps);
      if (hasRoom()) {
        drawMap();
        drawCurves();
        drawRates();
      }
      // Nobody reads numbers that change sixty times a second.
      if (playing && performance.now() - lastWritten < 100) return;
      lastWritten = performance.now();
      $(".dl-lab-at").textContent = `${config.at} of ${config.steps}`;
      for (const run of runs) outputs[run.optimizer].textContent = standing(run);
      if (playing) return;
      for (const icon of $$("[data-marker]")) icon.style.fill = color(icon.dataset.marker);
      slider.setAttribute("aria-valuetext", `step ${config.at} of ${config.steps}`);
      say();
      fillTable();
      $(".dl-lab-python code").textContent = snippet(config);
      const text = writeConfig(config);
      for (const link of $$(".dl-lab-address")) link.href = `${link.getAttribute("href").split("#")[0]}#${text}`;
      lab.dataset.config = text;
      address.write(text);
    }

    /** Walk anew; what the surface looks like is drawn anew only where it changed. */
    function refresh({surface = false} = {}) {
      stop();
      if (surface) background = null;
      runs = race(config);
      lossRange = findLossRange();
      highestRate = Math.max(...runs.flatMap((run) => run.rates), 0) || 1;
      show();
    }

    function stop() {
      if (timer === null) return;
      cancelAnimationFrame(timer);
      timer = null;
      play.textContent = "Play";
      show();
    }

    function tick(began, from) {
      const perSecond = Math.max(8, config.steps / 6);
      timer = requestAnimationFrame((now) => {
        began ??= now;
        config.at = Math.min(config.steps, from + Math.floor(((now - began) / 1000) * perSecond));
        if (config.at === config.steps) return stop();
        show(true);
        tick(began, from);
      });
    }

    // --- controls -----------------------------------------------------------------------------

    /** Bring every control to what the configuration says. */
    function fill() {
      for (const input of $$("[data-set]")) input.value = valueOf(input.dataset.set);
      for (const row of $$("[data-run]")) {
        const name = row.dataset.run;
        const chosen = config.runs[name];
        row.querySelector('input[type="checkbox"]').checked = Boolean(chosen);
        const rate = chosen?.rate ?? RUNNERS[name].rate;
        row.querySelector('input[type="number"]').value = rate;
        row.querySelector('input[type="range"]').value = Math.log10(rate) || 0;
        if (!chosen) row.querySelector("output").textContent = "";
      }
      showFields();
    }

    function valueOf(path) {
      const [group, name, option] = path.split(".");
      if (group === "start") return config.start[name];
      if (group === "shape") return config.shape[name] ?? "";
      if (group === "scheduleOptions" || group === "thenOptions") return config[group][name] ?? OPTION_DEFAULTS[name];
      if (group === "runs") return (config.runs[name]?.options ?? OPTIMIZERS[name].options)[option];
      return config[group];
    }

    /** Show the fields that have a meaning now. */
    function showFields() {
      const inUse = (path) => {
        const [group, name] = path.split(".");
        if (group === "shape") return name === "f" ? config.surface === "formula" : name in (SURFACES[config.surface].options ?? {});
        if (group === "scheduleOptions") return name in OPTIMIZER_SCHEDULES[config.schedule].options;
        if (group === "thenOptions") return config.after > 0 && name in OPTIMIZER_SCHEDULES[config.then].options;
        if (group === "then") return config.after > 0;
        return path !== "start.1" || !isFlat();
      };
      for (const input of $$("[data-set]")) input.closest("label").hidden = !inUse(input.dataset.set);
      for (const group of $$("[data-options-of]")) group.hidden = !config.runs[group.dataset.optionsOf];
    }

    /** Put what was typed into the configuration by writing it as an address and reading that. */
    function change(path, text) {
      const parameters = new Map(new URLSearchParams(writeConfig(config)));
      const [group, name, option] = path.split(".");
      const put = (key, value) => parameters.set(key, value);
      if (group === "start") put("start", config.start.map((old, k) => (k === Number(name) ? text : old)).join());
      else if (group === "shape") put(name, text);
      else if (group === "scheduleOptions") put(name, text);
      else if (group === "thenOptions") put(`then_${name}`, text);
      else if (group === "runs") {
        const options = {...config.runs[name].options, [option]: text};
        put(name, [config.runs[name].rate, ...Object.values(options)].join());
      } else put(group, text);
      if (group === "steps") parameters.delete("at");
      if (group === "surface") for (const key of ["start", "view", "noise", "condition", "turn", "tilt", "f"]) parameters.delete(key);
      if (group === "surface" && text === "formula") put("f", SURFACES[config.surface].formula(config.shape));
      apply(parameters);
    }

    function apply(parameters) {
      const text = [...parameters].map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
      load(text, {keep: true});
    }

    /** Take over a configuration, and say what was wrong with it. */
    function load(text, {keep = false} = {}) {
      const read = readConfig(text);
      if (!keep || read.problems.length === 0) config = read.config;
      problemsShown.textContent = read.problems.length ? `${keep ? "Not changed" : "Some of the address could not be read"}: ${read.problems.join("; ")}.` : "";
      fill();
      refresh({surface: true});
    }

    const OPTION_DEFAULTS = {};
    for (const {options} of Object.values(OPTIMIZER_SCHEDULES)) for (const [name, {value}] of Object.entries(options)) OPTION_DEFAULTS[name] ??= value;

    for (const input of $$("[data-set]")) input.addEventListener("change", () => change(input.dataset.set, input.value));
    for (const row of $$("[data-run]")) {
      const name = row.dataset.run;
      const [box, range, field] = row.querySelectorAll("input");
      const setRate = (text) => {
        const rate = Number(text);
        const right = text !== "" && Number.isFinite(rate) && rate >= 0 && rate <= 1e6;
        problemsShown.textContent = right ? "" : `Not changed: the rate of ${name} may be from 0 to 1e6.`;
        const old = config.runs[name] ?? {options: {...OPTIMIZERS[name].options}, rate: RUNNERS[name].rate};
        config.runs = inOrder({...config.runs, [name]: right ? {...old, rate} : old});
        fill();
        refresh();
      };
      box.addEventListener("change", () => {
        if (box.checked) return setRate(field.value);
        delete config.runs[name];
        fill();
        refresh();
      });
      range.addEventListener("input", () => setRate(String(Number((10 ** Number(range.value)).toPrecision(2)))));
      field.addEventListener("change", () => setRate(field.value));
    }
    const inOrder = (chosen) => Object.fromEntries(Object.keys(RUNNERS).filter((name) => chosen[name]).map((name) => [name, chosen[name]]));

    slider.addEventListener("input", () => {
      config.at = Number(slider.value);
      stop();
      show();
    });
    const step = (by) => {
      config.at = Math.max(0, Math.min(config.steps, config.at + by));
      stop();
      show();
    };
    back.addEventListener("click", () => step(-1));
    forwardButton.addEventListener("click", () => step(1));
    play.addEventListener("click", () => {
      if (timer !== null) return stop();
      if (still.matches) return step(config.steps); // no movement: the end, at once
      if (config.at === config.steps) config.at = 0;
      play.textContent = "Pause";
      tick(null, config.at);
    });
    $(".dl-lab-preset")?.addEventListener("change", (event) => {
      if (event.target.value) load(event.target.value);
    });
    $(".dl-lab-copy").addEventListener("click", (event) => copy(event.target, $(".dl-lab-python code")));

    // The first drawings on canvases that stood still take a browser longest. They are made when a
    // reader comes near, three frames of what is there already, and not when a race begins.
    const warmUp = (frames) => {
      if (frames === 0 || timer !== null) return;
      show(true);
      requestAnimationFrame(() => warmUp(frames - 1));
    };
    for (const near of ["pointerenter", "focusin"]) lab.addEventListener(near, () => warmUp(3), {once: true});

    // The start is put where the pointer is; with keys, where the two fields say.
    const putStart = (event) => {
      const {left, top} = map.getBoundingClientRect();
      const [x0, x1, y0, y1] = config.view;
      const {box} = marks;
      const [px, py] = [event.clientX - left, event.clientY - top];
      if (px < box.left || px > box.right || py < box.top || py > box.bottom) return;
      const round = (value, size) => Number(value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(size)))));
      const x = round(x0 + ((px - box.left) / (box.right - box.left)) * (x1 - x0), x1 - x0);
      const y = round(y1 - ((py - box.top) / (box.bottom - box.top)) * (y1 - y0), y1 - y0);
      config.start = isFlat() ? [x, config.start[1]] : [x, y];
      fill();
      refresh();
    };
    map.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      map.setPointerCapture(event.pointerId);
      putStart(event);
    });
    map.addEventListener("pointermove", (event) => {
      if (map.hasPointerCapture(event.pointerId)) putStart(event);
    });

    const redraw = () => {
      if (!hasRoom()) return;
      background = null;
      look = groundOf(lab).dark ? DARK : LIGHT;
      for (const layer of grown.values()) layer.race = null;
      show(timer !== null);
    };
    // It also reports the size at the beginning, which is drawn already.
    new ResizeObserver(() => map.width !== Math.round(map.clientWidth * (window.devicePixelRatio || 1)) && redraw()).observe(map);
    onNewTheme(redraw);
    address.listen(load);
    load(address.read() || lab.dataset.config);
  }

  Object.assign(window.dlLabs, {LAB_THEMES: {light: LIGHT, dark: DARK}, bandColor, BANDS});
  startEach(".dl-optimizer-lab", start);
})();
