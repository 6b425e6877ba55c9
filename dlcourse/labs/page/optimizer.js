// The optimizer lab: several optimizers race on one surface. The arithmetic is engine.js.

(() => {
  const {parse, run, inPython, OPTIMIZERS} = window.dlLabs;

  // --- what can be set ----------------------------------------------------------------------

  const number = (value, low, high, more = {}) => ({value, low, high, ...more});
  const whole = (value, low, high) => number(value, low, high, {whole: true});

  // A surface is a formula, written anew for each value of its parameters.
  const axes = (turn) => {
    if (turn === 0) return ["x", "y"];
    const [c, s] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
    return [`(${c}*x + ${s}*y)`, `(${c}*y - ${s}*x)`];
  };
  const bowl = ({condition, turn}) => {
    const [u, v] = axes(turn);
    return `(${u}*${u} + ${v}*${v}/${condition})/2`;
  };
  const ravine = ({turn}) => {
    const [u, v] = axes(turn);
    return `${u}*${u}/20 + ${v}*${v}`;
  };
  const shape = {condition: number(10, 1, 1e4), turn: number(0, -180, 180)};
  const SURFACES = {
    bowl: {options: shape, formula: bowl, start: [-4, 3], view: [-5, 5, -4, 4], minimum: [0, 0]},
    ravine: {options: {turn: shape.turn}, formula: ravine, start: [-7, 2], view: [-9, 9, -6, 6], minimum: [0, 0]},
    valley: {formula: () => "square(y - x*x) + square(1 - x)", start: [2, 2], view: [-2.5, 2.5, -1.5, 4], minimum: [1, 1]},
    beale: {
      formula: () => "square(1.5 - x + x*y) + square(2.25 - x + x*y*y) + square(2.625 - x + x*y*y*y)",
      start: [1, 1.5], view: [-1, 4.5, -1.5, 2], minimum: [3, 0.5],
    },
    saddle: {formula: () => "(x*x - y*y)/2", start: [2, 0.01], view: [-3, 3, -2.5, 2.5]},
    wells: {
      options: {tilt: number(0.2, -1, 1)},
      formula: ({tilt}) => `x*x*x*x/4 - x*x/2 + ${tilt}*x + 0.6`,
      start: [2, 0], view: [-2.4, 2.4, -0.2, 3.6],
    },
    noisy: {options: shape, formula: bowl, noise: 1, start: [-4, 3], view: [-5, 5, -4, 4], minimum: [0, 0]},
    formula: {formula: ({f}) => f, start: [1, 1], view: [-3, 3, -3, 3]},
  };

  // Shares of the rate are written as shares, so that one schedule serves every optimizer.
  const SCHEDULES = {
    Constant: {options: {}, of: (rate) => ({rate})},
    TimeDecay: {options: {decay: number(0.01, 0, 100)}, of: (rate, o) => ({initial_rate: rate, ...o})},
    StepDecay: {options: {factor: number(0.5, 0, 1), every: whole(20, 1, 2000)}, of: (rate, o) => ({initial_rate: rate, ...o})},
    ExponentialDecay: {options: {gamma: number(0.98, 0, 1)}, of: (rate, o) => ({initial_rate: rate, ...o})},
    CosineDecay: {
      options: {num_steps: whole(60, 1, 2000), final: number(0, 0, 1)},
      of: (rate, o) => ({initial_rate: rate, num_steps: o.num_steps, final_rate: rate * o.final}),
    },
    Triangular: {
      options: {base: number(0.1, 0, 1), step_size: whole(10, 1, 2000)},
      of: (rate, o) => ({base_rate: rate * o.base, max_rate: rate, step_size: o.step_size}),
    },
    Triangular2: {
      options: {base: number(0.1, 0, 1), step_size: whole(10, 1, 2000)},
      of: (rate, o) => ({base_rate: rate * o.base, max_rate: rate, step_size: o.step_size}),
    },
    ExpRange: {
      options: {base: number(0.1, 0, 1), step_size: whole(10, 1, 2000), gamma: number(0.98, 0, 1)},
      of: (rate, o) => ({base_rate: rate * o.base, max_rate: rate, step_size: o.step_size, gamma: o.gamma}),
    },
    WarmRestarts: {
      options: {min: number(0, 0, 1), cycle_length: whole(20, 1, 2000), cycle_multiplier: whole(1, 1, 10)},
      of: (rate, o) => ({max_rate: rate, min_rate: rate * o.min, cycle_length: o.cycle_length, cycle_multiplier: o.cycle_multiplier}),
    },
    OneCycle: {
      options: {num_steps: whole(60, 2, 2000), warmup_share: number(0.3, 0, 1), start_divisor: number(25, 1, 1e4), final_divisor: number(1e4, 1, 1e8)},
      of: (rate, o) => ({max_rate: rate, ...o}),
    },
  };

  // Shown and drawn in this order. A color has a contrast of at least 3:1 with each band of the
  // map, on a light page and on a dark one, and is never alone: each optimizer has a marker.
  const RUNNERS = {
    SGD: {rate: 0.1, light: "#0b5394", dark: "#6fb7f2", marker: "circle"},
    Momentum: {rate: 0.1, light: "#a63c00", dark: "#ff9d5c", marker: "square"},
    Nesterov: {rate: 0.1, light: "#006b4f", dark: "#3fd0a4", marker: "triangle"},
    AdaGrad: {rate: 1, light: "#8a2470", dark: "#f09ad8", marker: "diamond"},
    RMSprop: {rate: 0.1, light: "#5f5200", dark: "#e8d44d", marker: "plus"},
    Adam: {rate: 0.3, light: "#111111", dark: "#ffffff", marker: "cross"},
    AdamW: {rate: 0.3, light: "#6a3fb5", dark: "#c4a8ff", marker: "star"},
  };
  const LIMITS = {
    momentum: number(0.9, 0, 0.9999), decay: number(0.9, 0, 0.99999), epsilon: number(1e-7, 1e-300, 1e3),
    beta1: number(0.9, 0, 0.99999), beta2: number(0.999, 0, 0.999999), weight_decay: number(0.01, 0, 100),
  };
  const RATE = number(0.1, 0, 1e6);
  const COMMON = {
    x: number(0, -1e6, 1e6), y: number(0, -1e6, 1e6), steps: whole(60, 1, 2000), noise: number(0, 0, 1e3), seed: whole(0, 0, 2 ** 53 - 1),
    warmup: whole(0, 0, 2000), start_at: whole(0, 0, 2000), after: whole(0, 0, 2000),
  };

  const LONGEST = 2000; // characters of an address

  /** Read a number; what can't be one, or lies outside the limits, becomes a problem. */
  function readNumber(text, {value, low, high, whole: wanted}, name, problems) {
    const found = String(text).trim() === "" ? NaN : Number(text);
    if (!Number.isFinite(found)) problems.push(`${name} is “${String(text).slice(0, 40)}”, which is no number`);
    else if (found < low || found > high) problems.push(`${name} is ${found}; it may be from ${low} to ${high}`);
    else if (wanted && !Number.isInteger(found)) problems.push(`${name} is ${found}; it has to be a whole number`);
    else return found;
    return value;
  }

  /**
   * Read a configuration: `surface=bowl&condition=30&start=-4,1&steps=60&SGD=0.1&Adam=0.3`.
   *
   * Returns it whole, with what was left out filled in, and a list of what was wrong with it.
   */
  function readConfig(text) {
    const problems = [];
    if (text.length > LONGEST) {
      problems.push(`the address has ${text.length} characters, at most ${LONGEST} are read`);
      text = "";
    }
    const given = new Map(new URLSearchParams(text));
    const take = (name, limits) => {
      const value = given.has(name) ? readNumber(given.get(name), limits, name, problems) : limits.value;
      given.delete(name);
      return value;
    };
    const chosen = (name, table, fallback) => {
      const value = given.get(name) ?? fallback;
      given.delete(name);
      if (Object.hasOwn(table, value)) return value;
      problems.push(`there is no ${name} “${value.slice(0, 40)}”`);
      return fallback;
    };
    const config = {surface: chosen("surface", SURFACES, "ravine"), shape: {}, runs: {}};
    const about = SURFACES[config.surface];
    for (const [name, limits] of Object.entries(about.options ?? {})) config.shape[name] = take(name, limits);
    if (config.surface === "formula") config.shape.f = given.get("f") ?? "x^2 + y^2";
    given.delete("f");
    try {
      config.ground = ground(config);
    } catch (problem) {
      problems.push(`the formula: ${problem.message}`);
      config.shape.f = "x^2 + y^2";
      config.ground = ground(config);
    }
    const [x, y = "0", ...rest] = (given.get("start") ?? about.start.join(",")).split(",");
    if (rest.length) problems.push("start has more than two numbers");
    given.delete("start");
    config.start = [x, y].map((t, k) => readNumber(t, {...COMMON.x, value: about.start[k]}, "start", problems));
    config.steps = take("steps", COMMON.steps);
    config.noise = take("noise", {...COMMON.noise, value: about.noise ?? 0});
    config.seed = take("seed", COMMON.seed);
    config.view = readView(given, about.view, problems);
    config.schedule = chosen("schedule", SCHEDULES, "Constant");
    config.scheduleOptions = takeAll(take, SCHEDULES[config.schedule].options, "");
    for (const name of ["warmup", "start_at", "after"]) config[name] = take(name, COMMON[name]);
    config.then = chosen("then", SCHEDULES, "Constant");
    config.thenOptions = takeAll(take, SCHEDULES[config.then].options, "then_");
    config.at = take("at", {...COMMON.steps, low: 0, value: config.steps});
    config.at = Math.min(config.at, config.steps);
    for (const [name, {rate}] of Object.entries(RUNNERS)) {
      if (!given.has(name)) continue;
      const [first, ...others] = given.get(name).split(",");
      given.delete(name);
      const options = {...OPTIMIZERS[name].options};
      const names = Object.keys(options);
      if (others.length > names.length) problems.push(`${name} has ${names.length} numbers after its rate, not ${others.length}`);
      others.slice(0, names.length).forEach((value, k) => {
        options[names[k]] = readNumber(value, {...LIMITS[names[k]], value: options[names[k]]}, `${names[k]} of ${name}`, problems);
      });
      config.runs[name] = {rate: readNumber(first === "" ? String(rate) : first, {...RATE, value: rate}, `the rate of ${name}`, problems), options};
    }
    for (const name of given.keys()) problems.push(`“${name.slice(0, 40)}” is nothing that can be set here`);
    return {config, problems};
  }

  const takeAll = (take, options, prefix) =>
    Object.fromEntries(Object.entries(options).map(([name, limits]) => [name, take(prefix + name, limits)]));

  function readView(given, fallback, problems) {
    if (!given.has("view")) return fallback;
    const sides = given.get("view").split(",").map(Number);
    given.delete("view");
    if (sides.length === 4 && sides.every((v) => Math.abs(v) <= 1e6) && sides[1] - sides[0] >= 1e-6 && sides[3] - sides[2] >= 1e-6) return sides;
    problems.push("view has to be four numbers, left, right, bottom, top");
    return fallback;
  }

  /** Parse the formula of a surface. */
  function ground({surface, shape}) {
    return parse(SURFACES[surface].formula(shape), ["x", "y"]);
  }

  /** Write a configuration as readConfig reads it; what is as it would be anyway is left out. */
  function writeConfig(config) {
    const about = SURFACES[config.surface];
    const parts = [["surface", config.surface]];
    const put = (name, value, usual) => String(value) !== String(usual) && parts.push([name, value]);
    for (const [name, {value}] of Object.entries(about.options ?? {})) put(name, config.shape[name], value);
    if (config.surface === "formula") parts.push(["f", config.shape.f]);
    put("start", config.start.join(), about.start.join());
    put("steps", config.steps, COMMON.steps.value);
    put("noise", config.noise, about.noise ?? 0);
    put("seed", config.seed, 0);
    put("view", config.view.join(), about.view.join());
    put("schedule", config.schedule, "Constant");
    for (const [name, {value}] of Object.entries(SCHEDULES[config.schedule].options)) put(name, config.scheduleOptions[name], value);
    for (const name of ["warmup", "start_at", "after"]) put(name, config[name], 0);
    if (config.after > 0) {
      put("then", config.then, "Constant");
      for (const [name, {value}] of Object.entries(SCHEDULES[config.then].options)) put(`then_${name}`, config.thenOptions[name], value);
    }
    put("at", config.at, config.steps);
    for (const [name, {rate, options}] of Object.entries(config.runs)) {
      const usual = Object.values(OPTIMIZERS[name].options).join();
      const own = Object.values(options).join();
      parts.push([name, own === usual ? rate : `${rate},${own}`]);
    }
    return parts.map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("%2C", ",")}`).join("&");
  }

  /** The schedule of one optimizer, with all that is put around it. */
  function scheduleFor(config, rate) {
    const made = (kind, options) => ({kind, ...SCHEDULES[kind].of(rate, options)});
    let schedule = made(config.schedule, config.scheduleOptions);
    if (config.start_at > 0) schedule = {kind: "StartAt", schedule, first_step: config.start_at};
    if (config.after > 0) schedule = {kind: "Join", parts: [[schedule, config.after], [made(config.then, config.thenOptions), config.steps]]};
    if (config.warmup > 0) schedule = {kind: "Warmup", schedule, num_steps: config.warmup};
    return schedule;
  }

  /** Walk with every optimizer that was chosen. */
  function race(config) {
    const {ground: surface, noise, seed, start, steps} = config;
    return Object.entries(config.runs).map(([optimizer, {rate, options}]) => ({
      optimizer,
      rate,
      ...run({surface, noise, seed, optimizer, options, schedule: scheduleFor(config, rate), start, steps}),
    }));
  }

  // --- the same in Python -------------------------------------------------------------------

  const python = (value) => (Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : String(value).replace("Infinity", "inf"));

  function scheduleInPython({kind, ...options}) {
    if (kind === "Constant") return python(options.rate);
    const inner = (schedule) => (schedule.kind === "Constant" ? `Constant(${python(schedule.rate)})` : scheduleInPython(schedule));
    if (kind === "Join") return `Join(${options.parts.map(([schedule, steps]) => `(${inner(schedule)}, ${steps})`).join(", ")})`;
    if (options.schedule) return `${kind}(${inner(options.schedule)}, ${options.num_steps ?? options.first_step})`;
    return `${kind}(${Object.entries(options).map(([name, value]) => `${name}=${python(value)}`).join(", ")})`;
  }

  /** Write Python that walks with `dlcourse` and prints where each optimizer ends. */
  function snippet(config) {
    const schedules = Object.values(config.runs).map(({rate}) => scheduleInPython(scheduleFor(config, rate)));
    const optimizers = Object.entries(config.runs).map(([name, {options}], k) => {
      const usual = OPTIMIZERS[name].options;
      const own = Object.entries(options).filter(([option, value]) => value !== usual[option]);
      return `${name}(${[schedules[k], ...own.map(([option, value]) => `${option}=${python(value)}`)].join(", ")})`;
    });
    const used = [...new Set(schedules.join().match(/[A-Z]\w+(?=\()/g) ?? [])].sort();
    const flat = config.ground.inputs.y === undefined;
    const names = flat ? ["x"] : ["x", "y"];
    const body = inPython(config.ground);
    const functions = ["relu", "sigmoid"].filter((name) => body.includes(`${name}(`)).map((name) => `, ${name}`).join("");
    const lines = [
      "import numpy as np",
      `from dlcourse.autodiff import value_and_grad${functions}`.replace("value_and_grad, relu", "relu, value_and_grad"),
      `from dlcourse.optimizers import ${Object.keys(config.runs).sort().join(", ")}`,
      ...(used.length ? [`from dlcourse.schedules import ${used.join(", ")}`] : []),
      "",
      "",
      `def f(${names.join(", ")}):`,
      `    return ${body}`,
      "",
      "",
      "optimizers = [",
      ...optimizers.map((optimizer) => `    ${optimizer},`),
      "]",
      "for optimizer in optimizers:",
      `    place = {${names.map((name, k) => `"${name}": np.array([${python(config.start[k])}], dtype=float)`).join(", ")}}`,
      ...(config.noise > 0 ? [`    rng = np.random.default_rng(${config.seed})`] : []),
      `    for _ in range(${config.at}):`,
      `        _, slopes = value_and_grad(f, argnums=${flat ? "(0,)" : "(0, 1)"})(${names.map((name) => `place["${name}"]`).join(", ")})`,
      ...(config.noise > 0
        ? [`        noise = ${python(config.noise * Math.sqrt(12))} * (rng.random(${names.length}) - 0.5)`,
           "        slopes = [slope + extra for slope, extra in zip(slopes, noise)]"]
        : []),
      "        optimizer.update(place, dict(zip(place, slopes)))",
      `    print(type(optimizer).__name__, *(float(place[name][0]) for name in place), float(f(**place)[0]))`,
    ];
    return `${lines.join("\n")}\n`;
  }

  Object.assign(window.dlLabs, {SURFACES, OPTIMIZER_SCHEDULES: SCHEDULES, RUNNERS, readConfig, writeConfig, scheduleFor, race, snippet});
})();
