// The arithmetic of the laboratories: formulas, optimizers, schedules, random numbers.
//
// Each formula is that of `dlcourse`, in the same order of operations, so that both come to the
// same digits; tests run them side by side. Nothing here knows of a page, and nothing is ever
// handed to `eval`: a formula is parsed, checked, and walked.

window.dlLabs ??= {};

(() => {
  // --- formulas ---------------------------------------------------------------------------

  const sigmoid = (x) => {
    const e = Math.exp(-Math.abs(x));
    return (x < 0 ? e : 1) / (1 + e);
  };

  // What a formula may use, each with its rule: the gradient g that arrives, the output, the input.
  const FUNCTIONS = {
    abs: [Math.abs, (g, out, a) => g * Math.sign(a)],
    cos: [Math.cos, (g, out, a) => -g * Math.sin(a)],
    exp: [Math.exp, (g, out) => g * out],
    log: [Math.log, (g, out, a) => g / a],
    relu: [(a) => Math.max(a, 0), (g, out) => g * (out > 0)],
    sigmoid: [sigmoid, (g, out, a) => g * out * sigmoid(-a)],
    sin: [Math.sin, (g, out, a) => g * Math.cos(a)],
    sqrt: [Math.sqrt, (g, out) => (g * 0.5) / out],
    square: [(a) => a * a, (g, out, a) => g * 2 * a],
    tanh: [Math.tanh, (g, out, a) => g * 4 * sigmoid(2 * a) * sigmoid(-2 * a)],
  };
  const OPERATIONS = {
    "+": [(a, b) => a + b, (g) => [g, g]],
    "-": [(a, b) => a - b, (g) => [g, -g]],
    "*": [(a, b) => a * b, (g, out, a, b) => [g * b, g * a]],
    "/": [(a, b) => a / b, (g, out, a, b) => [g / b, (-g * out) / b]],
    "^": [
      (a, b) => a ** b,
      // (Where both are 0, the 1 makes 0 of what would be 0 times infinity.)
      (g, out, a, b) => [g * b * (a + (a === 0 && b === 0)) ** (b - 1), g * Math.log(a > 0 ? a : 1) * out],
    ],
    neg: [(a) => -a, (g) => [-g]],
  };
  const CONSTANTS = {pi: Math.PI, e: Math.E};
  const LONGEST = 500; // characters
  const DEEPEST = 50; // brackets within one another
  const LONGEST_NAME = 20;
  // What can't be a name in the Python that a formula becomes.
  const TAKEN = new Set(
    ("and as assert async await break class continue def del elif else except False finally for from global if import in is " +
      "lambda None nonlocal not or pass raise return True try while with yield np torch jax jnp tf print").split(" "),
  );

  /** Says what is wrong with a formula, and at which of its characters. */
  class FormulaError extends Error {
    constructor(message, place) {
      super(message);
      this.place = place;
    }
  }

  /** Cut a formula into numbers, names and signs. */
  function tokens(text) {
    if (text.length > LONGEST) {
      throw new FormulaError(`A formula has at most ${LONGEST} characters; this one has ${text.length}.`, LONGEST);
    }
    const found = [];
    const pattern = /(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_]\w*)|(?<sign>\*\*|[-+*/^(),=])|(?<space>\s+)/y;
    for (let place = 0; place < text.length; place = pattern.lastIndex) {
      pattern.lastIndex = place;
      const match = pattern.exec(text);
      if (match === null) {
        throw new FormulaError(`“${String.fromCodePoint(text.codePointAt(place))}” is no part of a formula.`, place);
      }
      const {number, name, sign} = match.groups;
      if (number !== undefined) {
        const value = Number(number);
        if (!Number.isFinite(value)) throw new FormulaError(`${number} is too large for a number.`, place);
        found.push({kind: "number", value, text: number, place});
      } else if (name !== undefined) {
        if (name.length > LONGEST_NAME) throw new FormulaError(`A name has at most ${LONGEST_NAME} characters.`, place);
        if (TAKEN.has(name) || name.startsWith("_")) throw new FormulaError(`${name} means something else in Python: take another name.`, place);
        found.push({kind: "name", name, place});
      }
      else if (sign !== undefined) found.push({kind: sign === "**" ? "^" : sign, place});
    }
    found.push({kind: "end", place: text.length});
    return found;
  }

  /**
   * Take a formula apart: `loss = abs(4 - (x*w + b))`.
   *
   * The nodes come in the order in which they are computed. Each names its operation, and by
   * their numbers what it is computed from. `known` are the names that may stand in the formula;
   * without it all may.
   */
  function parse(text, known = null) {
    const list = tokens(text);
    const nodes = [];
    const inputs = new Map();
    let at = 0;
    let depth = 0;
    let title = null;
    const peek = () => list[at].kind;
    const fail = (message, token = list[at]) => {
      throw new FormulaError(message, token.place);
    };
    const add = (op, from, more = {}) => nodes.push({op, from, ...more}) - 1;
    const expect = (kind) => {
      if (peek() !== kind) fail(peek() === "end" ? `The formula ends where “${kind}” should stand.` : `Here “${kind}” should stand.`);
      at++;
    };
    const inside = (read) => {
      if (++depth > DEEPEST) fail(`More than ${DEEPEST} brackets or signs within one another.`);
      const node = read();
      depth--;
      return node;
    };
    const sum = () => {
      let left = product();
      while (peek() === "+" || peek() === "-") {
        const op = list[at++].kind;
        left = add(op, [left, product()]);
      }
      return left;
    };
    const product = () => {
      let left = signed();
      while (peek() === "*" || peek() === "/") {
        const op = list[at++].kind;
        left = add(op, [left, signed()]);
      }
      return left;
    };
    const signed = () => {
      if (peek() === "+") {
        at++;
        return inside(signed);
      }
      if (peek() !== "-") return power();
      at++;
      return add("neg", [inside(signed)]);
    };
    const power = () => {
      const base = atom();
      if (peek() !== "^") return base;
      at++;
      return add("^", [base, inside(signed)]);
    };
    const call = (token) => {
      if (!Object.hasOwn(FUNCTIONS, token.name)) {
        fail(`There is no function ${token.name}. There are ${Object.keys(FUNCTIONS).join(", ")}.`, token);
      }
      expect("(");
      const argument = inside(sum);
      if (peek() === ",") fail(`${token.name} takes one argument.`);
      expect(")");
      return add(token.name, [argument]);
    };
    const name = (token) => {
      if (Object.hasOwn(CONSTANTS, token.name)) return add("number", [], {value: CONSTANTS[token.name], name: token.name});
      if (Object.hasOwn(FUNCTIONS, token.name)) fail(`${token.name} is a function: write ${token.name}(…).`, token);
      if (known !== null && !known.includes(token.name)) fail(`There is no ${token.name} here, only ${known.join(" and ")}.`, token);
      if (token.name === title) fail(`${title} can't be computed from itself.`, token);
      if (!inputs.has(token.name)) inputs.set(token.name, add("input", [], {name: token.name}));
      return inputs.get(token.name);
    };
    const atom = () => {
      const token = list[at++];
      if (token.kind === "number") return add("number", [], {value: token.value, text: token.text});
      if (token.kind === "name") return peek() === "(" ? call(token) : name(token);
      if (token.kind !== "(") {
        fail(token.kind === "end" ? "The formula ends too soon." : `A number, a name or a bracket should stand here, not “${token.kind}”.`, token);
      }
      const node = inside(sum);
      expect(")");
      return node;
    };
    if (list[0].kind === "name" && list[1].kind === "=") {
      title = list[0].name;
      if (Object.hasOwn(FUNCTIONS, title) || Object.hasOwn(CONSTANTS, title)) fail(`${title} has a meaning already: take another name.`);
      at = 2;
    }
    const root = sum();
    if (peek() === "=") fail("There can be one “=”, after a name at the beginning.");
    if (peek() !== "end") fail("The formula should end here, or go on with an operation.");
    return {nodes, inputs: Object.fromEntries(inputs), root, title};
  }

  const rule = (op) => OPERATIONS[op] ?? FUNCTIONS[op];

  /** Compute the value of each node, for values of the inputs by name; into `out`, if it is given. */
  function forward({nodes}, values, out = new Float64Array(nodes.length)) {
    for (let k = 0; k < nodes.length; k++) {
      const {op, from, value, name} = nodes[k];
      if (op === "number") out[k] = value;
      else if (op === "input") out[k] = values[name];
      else if (from.length === 1) out[k] = rule(op)[0](out[from[0]]);
      else out[k] = rule(op)[0](out[from[0]], out[from[1]]);
    }
    return out;
  }

  /** What a gradient g at a node becomes at each node that it is computed from. */
  function passedBack({op, from: [a, b]}, k, out, g) {
    return [rule(op)[1](g, out[k], out[a], out[b])].flat();
  }

  /** Which nodes depend on an input: to the others no gradient has to flow. */
  function active({nodes}) {
    const found = [];
    for (const {op, from} of nodes) found.push(op === "input" || from.some((i) => found[i]));
    return found;
  }

  /** Carry the gradient back from the root; returns that of each node. */
  function backward(graph, out) {
    const gradients = new Float64Array(graph.nodes.length);
    graph.active ??= active(graph);
    gradients[graph.root] = 1;
    for (let k = graph.root; k >= 0; k--) {
      const node = graph.nodes[k];
      if (!node.from.length || !graph.active[k]) continue;
      const parts = passedBack(node, k, out, gradients[k]);
      node.from.forEach((i, j) => {
        if (graph.active[i]) gradients[i] += parts[j];
      });
    }
    return gradients;
  }

  // How a formula is written in each library: the prefix of its functions, and what differs.
  const LIBRARIES = {
    numpy: {prefix: "np.", names: {relu: "relu", sigmoid: "sigmoid"}},
    torch: {prefix: "torch.", names: {}},
    jax: {prefix: "jnp.", names: {relu: "jax.nn.relu", sigmoid: "jax.nn.sigmoid"}},
    tensorflow: {prefix: "tf.", names: {log: "tf.math.log", relu: "tf.nn.relu"}},
  };

  /** Write a formula in Python. */
  function inPython({nodes, root}, library = "numpy") {
    const depends = active({nodes});
    const {prefix, names} = LIBRARIES[library];
    const strength = {"+": 1, "-": 1, "*": 2, "/": 2, neg: 3, "^": 4};
    const constant = forward({nodes}, {});
    const write = (k) => {
      const {op, from, value, name, text} = nodes[k];
      // torch.exp(2) is an error: what depends on no input is a number.
      if (Object.hasOwn(FUNCTIONS, op) && !depends[k]) return [String(constant[k]), constant[k] < 0 ? 3 : 9];
      if (op === "input") return [name, 9];
      if (op === "number") return name ? [String(value), 9] : [text ?? String(value), value < 0 ? 3 : 9];
      if (Object.hasOwn(FUNCTIONS, op)) return [`${names[op] ?? prefix + op}(${write(from[0])[0]})`, 9];
      const own = strength[op];
      const bracketed = ([inner, bound], from) => (bound < from ? `(${inner})` : inner);
      if (op === "neg") return [`-${bracketed(write(from[0]), own)}`, own];
      if (op === "^") return [`${bracketed(write(from[0]), 5)} ** ${bracketed(write(from[1]), 3)}`, own];
      return [`${bracketed(write(from[0]), own)} ${op} ${bracketed(write(from[1]), own + 1)}`, own];
    };
    return write(root)[0];
  }

  // --- random numbers: NumPy's default_rng(seed).random() -----------------------------------

  const times32 = (a, b) => Math.imul(a, b) >>> 0;

  /** The words that NumPy's SeedSequence makes of a seed (O'Neill's seed_seq_fe). */
  function seedWords(seed, count) {
    const entropy = [];
    for (let rest = BigInt(seed); entropy.length === 0 || rest > 0n; rest >>= 32n) entropy.push(Number(rest & 0xffffffffn));
    let hash = 0x43b0d7e5;
    const hashed = (word) => {
      const v = (word ^ hash) >>> 0;
      hash = times32(hash, 0x931e8875);
      const w = times32(v, hash);
      return (w ^ (w >>> 16)) >>> 0;
    };
    const mixed = (x, y) => {
      const v = (times32(0xca01f9dd, x) - times32(0x4973f715, y)) >>> 0;
      return (v ^ (v >>> 16)) >>> 0;
    };
    const pool = Array.from({length: 4}, (_, i) => hashed(entropy[i] ?? 0));
    for (let from = 0; from < 4; from++) {
      for (let to = 0; to < 4; to++) if (from !== to) pool[to] = mixed(pool[to], hashed(pool[from]));
    }
    let out = 0x8b51f9dd;
    return Array.from({length: count}, (_, i) => {
      const v = (pool[i % 4] ^ out) >>> 0;
      out = times32(out, 0x58f38ded);
      const w = times32(v, out);
      return (w ^ (w >>> 16)) >>> 0;
    });
  }

  /** Return a function that draws as `default_rng(seed).random()` does: PCG64, 53 bits. */
  function generator(seed) {
    const words = seedWords(seed, 8);
    const [mask64, mask128] = [(1n << 64n) - 1n, (1n << 128n) - 1n];
    const wide = (k) => (BigInt(words[k + 1]) << 32n) | BigInt(words[k]);
    const increment = ((((wide(4) << 64n) | wide(6)) << 1n) | 1n) & mask128;
    const next = (state) => (state * 47026247687942121848144207491837523525n + increment) & mask128;
    let state = next((increment + ((wide(0) << 64n) | wide(2))) & mask128);
    return () => {
      state = next(state);
      const folded = ((state >> 64n) ^ state) & mask64;
      const turn = state >> 122n;
      const turned = ((folded >> turn) | (folded << (64n - turn))) & mask64;
      return Number(turned >> 11n) / 2 ** 53;
    };
  }

  // --- schedules ------------------------------------------------------------------------------

  const cosine = (start, end, share) => end + 0.5 * (start - end) * (1 + Math.cos(Math.PI * share));
  const triangle = ({base_rate, max_rate, step_size}, scale) => (t) => {
    const cycle = 1 + Math.floor(t / (2 * step_size));
    const x = Math.abs(t / step_size - 2 * cycle + 1);
    return base_rate + (max_rate - base_rate) * Math.max(0, 1 - x) * scale(t, cycle);
  };

  const SCHEDULES = {
    Constant: ({rate}) => () => rate,
    TimeDecay: ({initial_rate, decay}) => (t) => initial_rate / (1 + decay * t),
    StepDecay: ({initial_rate, factor, every}) => (t) => initial_rate * factor ** Math.floor(t / every),
    ExponentialDecay: ({initial_rate, gamma}) => (t) => initial_rate * gamma ** t,
    CosineDecay: ({initial_rate, num_steps, final_rate}) => (t) => cosine(initial_rate, final_rate, Math.min(t / num_steps, 1)),
    Triangular: (options) => triangle(options, () => 1),
    Triangular2: (options) => triangle(options, (t, cycle) => 0.5 ** (cycle - 1)),
    ExpRange: (options) => triangle(options, (t) => options.gamma ** t),
    WarmRestarts: ({max_rate, min_rate, cycle_length, cycle_multiplier}) => (t) => {
      let [since, length] = [t, cycle_length];
      if (cycle_multiplier === 1) since = t % length;
      else while (since >= length) [since, length] = [since - length, length * cycle_multiplier];
      return cosine(max_rate, min_rate, since / length);
    },
    OneCycle: ({max_rate, num_steps, warmup_share, start_divisor, final_divisor}) => (t) => {
      const first = max_rate / start_divisor;
      const last = num_steps - 1;
      let peak = warmup_share * num_steps - 1;
      if (peak < 1e-9) peak = Math.min(1, last - 1);
      if (t < peak) return cosine(first, max_rate, t / peak);
      return cosine(max_rate, first / final_divisor, t < last ? (t - peak) / (last - peak) : 1);
    },
    Warmup: ({schedule, num_steps}) => {
      const inner = scheduleOf(schedule);
      return (t) => (t < num_steps ? (inner(0) * (t + 1)) / num_steps : inner(t - num_steps));
    },
    StartAt: ({schedule, first_step}) => {
      const inner = scheduleOf(schedule);
      return (t) => inner(Math.max(t - first_step, 0));
    },
    Join: ({parts}) => {
      const all = parts.map(([schedule, steps]) => [scheduleOf(schedule), steps]);
      return (t) => {
        for (const [schedule, steps] of all.slice(0, -1)) {
          if (t < steps) return schedule(t);
          t -= steps;
        }
        return all.at(-1)[0](t);
      };
    },
  };

  /** Make a function from the step to the rate of `{kind, ...its parameters}`. */
  function scheduleOf({kind, ...options}) {
    return SCHEDULES[kind](options);
  }

  // --- optimizers -----------------------------------------------------------------------------

  const average = (kept, old, fresh) => old * kept + fresh * (1 - kept);

  // Each gives the step of one coordinate w, of its gradient g, the rate, what it remembers
  // (zeros at first), the number t of the update, and its hyper-parameters.
  const OPTIMIZERS = {
    SGD: {
      options: {},
      step: (g, rate) => g * -rate,
    },
    Momentum: {
      options: {momentum: 0.9},
      step: (g, rate, state, t, w, {momentum}) => (state.v = state.v * momentum - g * rate),
    },
    Nesterov: {
      options: {momentum: 0.9},
      step: (g, rate, state, t, w, {momentum}) => {
        state.v = state.v * momentum - g * rate;
        return momentum * state.v - rate * g;
      },
    },
    AdaGrad: {
      options: {epsilon: 1e-7},
      step: (g, rate, state, t, w, {epsilon}) => {
        state.v = state.v + g * g;
        return (g / (Math.sqrt(state.v) + epsilon)) * -rate;
      },
    },
    RMSprop: {
      options: {decay: 0.9, epsilon: 1e-7},
      step: (g, rate, state, t, w, {decay, epsilon}) => {
        state.v = average(decay, state.v, g * g);
        return (g / (Math.sqrt(state.v) + epsilon)) * -rate;
      },
    },
    Adam: {
      options: {beta1: 0.9, beta2: 0.999, epsilon: 1e-8},
      step: (g, rate, state, t, w, {beta1, beta2, epsilon}) => {
        state.m = average(beta1, state.m, g);
        state.v = average(beta2, state.v, g * g);
        const root = Math.sqrt(1 - beta2 ** t);
        return (state.m / (Math.sqrt(state.v) + epsilon * root)) * (-rate * (root / (1 - beta1 ** t)));
      },
    },
    AdamW: {
      options: {beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.01},
      step: (g, rate, state, t, w, options) => OPTIMIZERS.Adam.step(g, rate, state, t, w, options) - rate * options.weight_decay * w,
    },
  };

  /**
   * Walk on a surface.
   *
   * `surface` is a parsed formula in x and y; `noise` the standard deviation of what is added to
   * each slope, and `seed` where its random numbers begin. Returns places, losses and rates. Where
   * a number is not finite any more, the run has diverged, and ends.
   */
  function run({surface, noise = 0, seed = 0, optimizer, options = {}, schedule, start, steps}) {
    const own = {...OPTIMIZERS[optimizer].options, ...options};
    const step = OPTIMIZERS[optimizer].step;
    const rateAt = scheduleOf(schedule);
    const draw = generator(seed);
    const width = noise * Math.sqrt(12);
    const states = [{m: 0, v: 0}, {m: 0, v: 0}];
    const axes = ["x", "y"].map((name) => surface.inputs[name]);
    const dimensions = axes[1] === undefined ? 1 : 2; // a formula without y is a curve
    let [x, y] = start;
    let values = forward(surface, {x, y});
    const result = {places: [[x, y]], losses: [values[surface.root]], rates: [], diverged: false};
    for (let t = 0; t < steps; t++) {
      const gradients = backward(surface, values);
      const rate = rateAt(t);
      result.rates.push(rate);
      const moved = [x, y].slice(0, dimensions).map((w, k) => {
        let g = axes[k] === undefined ? 0 : gradients[axes[k]];
        if (noise > 0) g += width * (draw() - 0.5);
        return w + step(g, rate, states[k], t + 1, w, own);
      });
      [x, y = y] = moved;
      values = forward(surface, {x, y});
      const loss = values[surface.root];
      if (![x, y, loss].every(Number.isFinite)) {
        result.diverged = true;
        break;
      }
      result.places.push([x, y]);
      result.losses.push(loss);
    }
    return result;
  }

  Object.assign(window.dlLabs, {
    FormulaError, FUNCTIONS, LIBRARIES, OPTIMIZERS, SCHEDULES,
    parse, forward, backward, passedBack, active, inPython, generator, scheduleOf, run,
  });
})();
