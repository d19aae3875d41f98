// test/fuzz/targets.ts
import fc2 from "fast-check";

// src/crypto/seal-error.ts
var SealError = class extends Error {
  constructor(reason, message) {
    super(message);
    this.reason = reason;
  }
  reason;
  name = "SealError";
};

// node_modules/@noble/hashes/_u64.js
var U32_MASK64 = /* @__PURE__ */ (() => BigInt(2 ** 32 - 1))();
var _32n = /* @__PURE__ */ BigInt(32);
function fromBig(n, le = false) {
  if (le)
    return { h: Number(n & U32_MASK64), l: Number(n >> _32n & U32_MASK64) };
  return { h: Number(n >> _32n & U32_MASK64) | 0, l: Number(n & U32_MASK64) | 0 };
}
function split(lst, le = false) {
  const len = lst.length;
  let Ah = new Uint32Array(len);
  let Al = new Uint32Array(len);
  for (let i = 0; i < len; i++) {
    const { h, l } = fromBig(lst[i], le);
    [Ah[i], Al[i]] = [h, l];
  }
  return [Ah, Al];
}
var fromNumH = (n) => n / 2 ** 32 | 0;
var fromNumL = (n) => n >>> 0;
function setU64FromNum(view, byteOffset, n, isLE2) {
  const h = fromNumH(n);
  const l = fromNumL(n);
  view.setUint32(byteOffset, isLE2 ? l : h, isLE2);
  view.setUint32(byteOffset + 4, isLE2 ? h : l, isLE2);
}
var shrSH = (h, _l, s) => h >>> s;
var shrSL = (h, l, s) => h << 32 - s | l >>> s;
var rotrSH = (h, l, s) => h >>> s | l << 32 - s;
var rotrSL = (h, l, s) => h << 32 - s | l >>> s;
var rotrBH = (h, l, s) => h << 64 - s | l >>> s - 32;
var rotrBL = (h, l, s) => h >>> s - 32 | l << 64 - s;
function add(Ah, Al, Bh, Bl) {
  const l = (Al >>> 0) + (Bl >>> 0);
  return { h: Ah + Bh + (l / 2 ** 32 | 0) | 0, l: l | 0 };
}
var add3L = (Al, Bl, Cl) => (Al >>> 0) + (Bl >>> 0) + (Cl >>> 0);
var add3H = (low, Ah, Bh, Ch) => Ah + Bh + Ch + (low / 2 ** 32 | 0) | 0;
var add4L = (Al, Bl, Cl, Dl) => (Al >>> 0) + (Bl >>> 0) + (Cl >>> 0) + (Dl >>> 0);
var add4H = (low, Ah, Bh, Ch, Dh) => Ah + Bh + Ch + Dh + (low / 2 ** 32 | 0) | 0;
var add5L = (Al, Bl, Cl, Dl, El) => (Al >>> 0) + (Bl >>> 0) + (Cl >>> 0) + (Dl >>> 0) + (El >>> 0);
var add5H = (low, Ah, Bh, Ch, Dh, Eh) => Ah + Bh + Ch + Dh + Eh + (low / 2 ** 32 | 0) | 0;

// node_modules/@noble/hashes/utils.js
function isBytes(a) {
  return a instanceof Uint8Array || ArrayBuffer.isView(a) && a.constructor.name === "Uint8Array" && "BYTES_PER_ELEMENT" in a && a.BYTES_PER_ELEMENT === 1;
}
var atitle = (title) => title ? `"${title}" ` : "";
function anumber(n, title = "") {
  if (typeof n !== "number")
    throw new TypeError(atitle(title) + "expected number, got " + typeof n);
  if (!Number.isSafeInteger(n) || n < 0)
    throw new RangeError(atitle(title) + "expected integer >= 0, got " + n);
  return n;
}
function abytes(value, length, title = "") {
  if (isBytes(value) && (length === void 0 || value.length === length))
    return value;
  if (length !== void 0)
    anumber(length, "length");
  const bytes2 = isBytes(value);
  const ofLen = length !== void 0 ? ` of length ${length}` : "";
  const got = bytes2 ? `length=${value.length}` : `type=${typeof value}`;
  const message = atitle(title) + "expected Uint8Array" + ofLen + ", got " + got;
  if (!bytes2)
    throw new TypeError(message);
  throw new RangeError(message);
}
var aobject = (value, label) => {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new TypeError((label === "object" ? "" : `"${label}" `) + "expected object, got type=" + typeof value);
};
var aopts = (value, label) => {
  aobject(value, label);
  const proto = Object.getPrototypeOf(value);
  if (proto !== Object.prototype && proto !== null)
    throw new TypeError(`"${label}" expected plain object`);
  if (Object.hasOwn(value, "__proto__"))
    throw new TypeError(`"${label}.__proto__" is not allowed`);
};
function aexists(instance, checkFinished = true) {
  if (instance.destroyed)
    throw new Error("hash was destroyed");
  if (checkFinished && instance.finished)
    throw new Error("digest() was already called");
}
function aoutput(out, instance) {
  abytes(out, void 0, "output");
  const min = instance.outputLen;
  if (!(out.length >= min)) {
    throw new RangeError('"output" expected length >= ' + min);
  }
}
function clean(...arrays) {
  for (let i = 0; i < arrays.length; i++) {
    arrays[i].fill(0);
  }
}
function createView(arr) {
  return new DataView(arr.buffer, arr.byteOffset, arr.byteLength);
}
var hasHexBuiltin = /* @__PURE__ */ (() => (
  // @ts-ignore
  typeof Uint8Array.from([]).toHex === "function" && typeof Uint8Array.fromHex === "function"
))();
var hexes = /* @__PURE__ */ Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));
function bytesToHex(bytes2) {
  abytes(bytes2);
  if (hasHexBuiltin)
    return bytes2.toHex();
  let hex = "";
  for (let i = 0; i < bytes2.length; i++) {
    hex += hexes[bytes2[i]];
  }
  return hex;
}
function asciiToBase16(ch) {
  return ch >= 48 && ch <= 57 ? ch - 48 : ch >= 65 && ch <= 70 ? ch - (65 - 10) : ch >= 97 && ch <= 102 ? ch - (97 - 10) : void 0;
}
function hexToBytes(hex) {
  if (typeof hex !== "string")
    throw new TypeError("hex string expected, got " + typeof hex);
  if (hasHexBuiltin) {
    try {
      return Uint8Array.fromHex(hex);
    } catch (error) {
      if (error instanceof SyntaxError)
        throw new RangeError(error.message);
      throw error;
    }
  }
  const hl = hex.length;
  const al = hl / 2;
  if (hl % 2)
    throw new RangeError("hex string expected, got unpadded hex of length " + hl);
  const array = new Uint8Array(al);
  for (let ai = 0, hi = 0; ai < al; ai++, hi += 2) {
    const n1 = asciiToBase16(hex.charCodeAt(hi));
    const n2 = asciiToBase16(hex.charCodeAt(hi + 1));
    if (n1 === void 0 || n2 === void 0) {
      const char = hex[hi] + hex[hi + 1];
      throw new RangeError('hex string expected, got non-hex character "' + char + '" at index ' + hi);
    }
    array[ai] = n1 * 16 + n2;
  }
  return array;
}
function utf8ToBytes(str) {
  if (typeof str !== "string")
    throw new TypeError("string expected");
  const encoded = new TextEncoder().encode(str);
  try {
    return new Uint8Array(encoded);
  } finally {
    clean(encoded);
  }
}
function concatBytes(...arrays) {
  let sum = 0;
  for (let i = 0; i < arrays.length; i++) {
    const a = arrays[i];
    abytes(a);
    sum += a.length;
  }
  const res = new Uint8Array(sum);
  for (let i = 0, pad2 = 0; i < arrays.length; i++) {
    const a = arrays[i];
    res.set(a, pad2);
    pad2 += a.length;
  }
  return res;
}
function checkOpts(defaults, opts, title = "opts") {
  aopts(defaults, "defaults");
  if (opts !== void 0)
    aopts(opts, title);
  const merged = Object.assign(/* @__PURE__ */ Object.create(null), defaults, opts);
  return merged;
}
function createHasher(hashCons, info = {}) {
  if (typeof hashCons !== "function")
    throw new TypeError('"hashCons" expected function, got type=' + typeof hashCons);
  info = checkOpts({}, info, "info");
  const hashC = (msg, opts) => hashCons(opts).update(msg).digest();
  const tmp = hashCons(void 0);
  hashC.outputLen = tmp.outputLen;
  hashC.blockLen = tmp.blockLen;
  hashC.canXOF = tmp.canXOF;
  hashC.create = (opts) => hashCons(opts);
  Object.assign(hashC, info);
  return Object.freeze(hashC);
}
function randomBytes(bytesLength = 32) {
  anumber(bytesLength, "bytesLength");
  const cr = typeof globalThis === "object" ? globalThis.crypto : null;
  if (typeof cr?.getRandomValues !== "function")
    throw new Error("crypto.getRandomValues must be defined");
  if (bytesLength > 65536)
    throw new RangeError(`"bytesLength" expected <= 65536, got ${bytesLength}`);
  return cr.getRandomValues(new Uint8Array(bytesLength));
}
var oidNist = (suffix) => ({
  // Current NIST hashAlgs suffixes used here fit in one DER subidentifier octet.
  // Larger suffix values would need base-128 OID encoding and a different length byte.
  oid: Uint8Array.from([6, 9, 96, 134, 72, 1, 101, 3, 4, 2, suffix])
});

// node_modules/@noble/hashes/_md.js
var HashMD = class {
  blockLen;
  outputLen;
  canXOF = false;
  padOffset;
  isLE;
  // For partial updates less than block size
  buffer;
  view;
  finished = false;
  length = 0;
  pos = 0;
  destroyed = false;
  constructor(blockLen, outputLen, padOffset, isLE2) {
    this.blockLen = blockLen;
    this.outputLen = outputLen;
    this.padOffset = padOffset;
    this.isLE = isLE2;
    this.buffer = new Uint8Array(blockLen);
    this.view = createView(this.buffer);
  }
  update(data) {
    aexists(this);
    abytes(data);
    const { view, buffer, blockLen } = this;
    const len = data.length;
    let processed = false;
    for (let pos = 0; pos < len; ) {
      const take = Math.min(blockLen - this.pos, len - pos);
      if (take === blockLen) {
        const dataView = createView(data);
        for (; blockLen <= len - pos; pos += blockLen)
          this.process(dataView, pos);
        processed = true;
        continue;
      }
      buffer.set(pos === 0 && take === len ? data : data.subarray(pos, pos + take), this.pos);
      this.pos += take;
      pos += take;
      if (this.pos === blockLen) {
        this.process(view, 0);
        this.pos = 0;
        processed = true;
      }
    }
    this.length += data.length;
    if (processed)
      this.roundClean();
    return this;
  }
  digestInto(out) {
    aexists(this);
    aoutput(out, this);
    this.finished = true;
    const { buffer, view, blockLen, isLE: isLE2 } = this;
    let { pos } = this;
    buffer[pos++] = 128;
    buffer.fill(0, pos);
    if (this.padOffset > blockLen - pos) {
      this.process(view, 0);
      buffer.fill(0);
    }
    setU64FromNum(view, blockLen - 8, this.length * 8, isLE2);
    this.process(view, 0);
    this.roundClean();
    const oview = out === buffer ? view : createView(out);
    const len = this.outputLen;
    const outLen = len / 4;
    const state = this.get();
    if (len % 4 || outLen > state.length)
      throw new Error("invalid outputLen");
    for (let i = 0; i < outLen; i++)
      oview.setUint32(4 * i, state[i], isLE2);
  }
  digest() {
    const { buffer, outputLen } = this;
    this.digestInto(buffer);
    const res = buffer.slice(0, outputLen);
    this.destroy();
    return res;
  }
  _cloneIntoMeta(to) {
    const { buffer, length, finished, destroyed, pos } = this;
    to.destroyed = destroyed;
    to.finished = finished;
    to.length = length;
    to.pos = pos;
    if (pos)
      to.buffer.set(buffer);
    return to;
  }
  clone() {
    return this._cloneInto();
  }
};
var SHA512_IV = /* @__PURE__ */ Uint32Array.from([
  1779033703,
  4089235720,
  3144134277,
  2227873595,
  1013904242,
  4271175723,
  2773480762,
  1595750129,
  1359893119,
  2917565137,
  2600822924,
  725511199,
  528734635,
  4215389547,
  1541459225,
  327033209
]);

// node_modules/@noble/hashes/sha2.js
var K512 = /* @__PURE__ */ (() => split([
  "0x428a2f98d728ae22",
  "0x7137449123ef65cd",
  "0xb5c0fbcfec4d3b2f",
  "0xe9b5dba58189dbbc",
  "0x3956c25bf348b538",
  "0x59f111f1b605d019",
  "0x923f82a4af194f9b",
  "0xab1c5ed5da6d8118",
  "0xd807aa98a3030242",
  "0x12835b0145706fbe",
  "0x243185be4ee4b28c",
  "0x550c7dc3d5ffb4e2",
  "0x72be5d74f27b896f",
  "0x80deb1fe3b1696b1",
  "0x9bdc06a725c71235",
  "0xc19bf174cf692694",
  "0xe49b69c19ef14ad2",
  "0xefbe4786384f25e3",
  "0x0fc19dc68b8cd5b5",
  "0x240ca1cc77ac9c65",
  "0x2de92c6f592b0275",
  "0x4a7484aa6ea6e483",
  "0x5cb0a9dcbd41fbd4",
  "0x76f988da831153b5",
  "0x983e5152ee66dfab",
  "0xa831c66d2db43210",
  "0xb00327c898fb213f",
  "0xbf597fc7beef0ee4",
  "0xc6e00bf33da88fc2",
  "0xd5a79147930aa725",
  "0x06ca6351e003826f",
  "0x142929670a0e6e70",
  "0x27b70a8546d22ffc",
  "0x2e1b21385c26c926",
  "0x4d2c6dfc5ac42aed",
  "0x53380d139d95b3df",
  "0x650a73548baf63de",
  "0x766a0abb3c77b2a8",
  "0x81c2c92e47edaee6",
  "0x92722c851482353b",
  "0xa2bfe8a14cf10364",
  "0xa81a664bbc423001",
  "0xc24b8b70d0f89791",
  "0xc76c51a30654be30",
  "0xd192e819d6ef5218",
  "0xd69906245565a910",
  "0xf40e35855771202a",
  "0x106aa07032bbd1b8",
  "0x19a4c116b8d2d0c8",
  "0x1e376c085141ab53",
  "0x2748774cdf8eeb99",
  "0x34b0bcb5e19b48a8",
  "0x391c0cb3c5c95a63",
  "0x4ed8aa4ae3418acb",
  "0x5b9cca4f7763e373",
  "0x682e6ff3d6b2b8a3",
  "0x748f82ee5defb2fc",
  "0x78a5636f43172f60",
  "0x84c87814a1f0ab72",
  "0x8cc702081a6439ec",
  "0x90befffa23631e28",
  "0xa4506cebde82bde9",
  "0xbef9a3f7b2c67915",
  "0xc67178f2e372532b",
  "0xca273eceea26619c",
  "0xd186b8c721c0c207",
  "0xeada7dd6cde0eb1e",
  "0xf57d4f7fee6ed178",
  "0x06f067aa72176fba",
  "0x0a637dc5a2c898a6",
  "0x113f9804bef90dae",
  "0x1b710b35131c471b",
  "0x28db77f523047d84",
  "0x32caab7b40c72493",
  "0x3c9ebe0a15c9bebc",
  "0x431d67c49c100d4c",
  "0x4cc5d4becb3e42b6",
  "0x597f299cfc657e2a",
  "0x5fcb6fab3ad6faec",
  "0x6c44198c4a475817"
].map((n) => BigInt(n))))();
var SHA512_Kh = /* @__PURE__ */ (() => K512[0])();
var SHA512_Kl = /* @__PURE__ */ (() => K512[1])();
var SHA512_W_H = /* @__PURE__ */ new Uint32Array(80);
var SHA512_W_L = /* @__PURE__ */ new Uint32Array(80);
var SHA2_64B = class extends HashMD {
  // We cannot use array here since array allows indexing by variable
  // which means optimizer/compiler cannot use registers.
  // h -- high 32 bits, l -- low 32 bits
  // Numeric initializers matter: starting the fields as `undefined` changes
  // V8's field representation and slows hashing down (measured on sha256).
  Ah = 0;
  Al = 0;
  Bh = 0;
  Bl = 0;
  Ch = 0;
  Cl = 0;
  Dh = 0;
  Dl = 0;
  Eh = 0;
  El = 0;
  Fh = 0;
  Fl = 0;
  Gh = 0;
  Gl = 0;
  Hh = 0;
  Hl = 0;
  constructor(outputLen, IV) {
    super(128, outputLen, 16, false);
    this.Ah = IV[0] | 0;
    this.Al = IV[1] | 0;
    this.Bh = IV[2] | 0;
    this.Bl = IV[3] | 0;
    this.Ch = IV[4] | 0;
    this.Cl = IV[5] | 0;
    this.Dh = IV[6] | 0;
    this.Dl = IV[7] | 0;
    this.Eh = IV[8] | 0;
    this.El = IV[9] | 0;
    this.Fh = IV[10] | 0;
    this.Fl = IV[11] | 0;
    this.Gh = IV[12] | 0;
    this.Gl = IV[13] | 0;
    this.Hh = IV[14] | 0;
    this.Hl = IV[15] | 0;
  }
  // prettier-ignore
  get() {
    const { Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl } = this;
    return [Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl];
  }
  // prettier-ignore
  set(Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl) {
    this.Ah = Ah | 0;
    this.Al = Al | 0;
    this.Bh = Bh | 0;
    this.Bl = Bl | 0;
    this.Ch = Ch | 0;
    this.Cl = Cl | 0;
    this.Dh = Dh | 0;
    this.Dl = Dl | 0;
    this.Eh = Eh | 0;
    this.El = El | 0;
    this.Fh = Fh | 0;
    this.Fl = Fl | 0;
    this.Gh = Gh | 0;
    this.Gl = Gl | 0;
    this.Hh = Hh | 0;
    this.Hl = Hl | 0;
  }
  _cloneInto(to) {
    (to ||= new this.constructor()).set(...this.get());
    return this._cloneIntoMeta(to);
  }
  process(view, offset) {
    for (let i = 0; i < 16; i++, offset += 4) {
      SHA512_W_H[i] = view.getUint32(offset);
      SHA512_W_L[i] = view.getUint32(offset += 4);
    }
    for (let i = 16; i < 80; i++) {
      const W15h = SHA512_W_H[i - 15] | 0;
      const W15l = SHA512_W_L[i - 15] | 0;
      const s0h = rotrSH(W15h, W15l, 1) ^ rotrSH(W15h, W15l, 8) ^ shrSH(W15h, W15l, 7);
      const s0l = rotrSL(W15h, W15l, 1) ^ rotrSL(W15h, W15l, 8) ^ shrSL(W15h, W15l, 7);
      const W2h = SHA512_W_H[i - 2] | 0;
      const W2l = SHA512_W_L[i - 2] | 0;
      const s1h = rotrSH(W2h, W2l, 19) ^ rotrBH(W2h, W2l, 61) ^ shrSH(W2h, W2l, 6);
      const s1l = rotrSL(W2h, W2l, 19) ^ rotrBL(W2h, W2l, 61) ^ shrSL(W2h, W2l, 6);
      const SUMl = add4L(s0l, s1l, SHA512_W_L[i - 7], SHA512_W_L[i - 16]);
      const SUMh = add4H(SUMl, s0h, s1h, SHA512_W_H[i - 7], SHA512_W_H[i - 16]);
      SHA512_W_H[i] = SUMh | 0;
      SHA512_W_L[i] = SUMl | 0;
    }
    let { Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl } = this;
    for (let i = 0; i < 80; i++) {
      const sigma1h = rotrSH(Eh, El, 14) ^ rotrSH(Eh, El, 18) ^ rotrBH(Eh, El, 41);
      const sigma1l = rotrSL(Eh, El, 14) ^ rotrSL(Eh, El, 18) ^ rotrBL(Eh, El, 41);
      const CHIh = Eh & Fh ^ ~Eh & Gh;
      const CHIl = El & Fl ^ ~El & Gl;
      const T1ll = add5L(Hl, sigma1l, CHIl, SHA512_Kl[i], SHA512_W_L[i]);
      const T1h = add5H(T1ll, Hh, sigma1h, CHIh, SHA512_Kh[i], SHA512_W_H[i]);
      const T1l = T1ll | 0;
      const sigma0h = rotrSH(Ah, Al, 28) ^ rotrBH(Ah, Al, 34) ^ rotrBH(Ah, Al, 39);
      const sigma0l = rotrSL(Ah, Al, 28) ^ rotrBL(Ah, Al, 34) ^ rotrBL(Ah, Al, 39);
      const MAJh = Ah & Bh ^ Ah & Ch ^ Bh & Ch;
      const MAJl = Al & Bl ^ Al & Cl ^ Bl & Cl;
      Hh = Gh | 0;
      Hl = Gl | 0;
      Gh = Fh | 0;
      Gl = Fl | 0;
      Fh = Eh | 0;
      Fl = El | 0;
      ({ h: Eh, l: El } = add(Dh | 0, Dl | 0, T1h | 0, T1l | 0));
      Dh = Ch | 0;
      Dl = Cl | 0;
      Ch = Bh | 0;
      Cl = Bl | 0;
      Bh = Ah | 0;
      Bl = Al | 0;
      const All = add3L(T1l, sigma0l, MAJl);
      Ah = add3H(All, T1h, sigma0h, MAJh);
      Al = All | 0;
    }
    ({ h: Ah, l: Al } = add(this.Ah | 0, this.Al | 0, Ah | 0, Al | 0));
    ({ h: Bh, l: Bl } = add(this.Bh | 0, this.Bl | 0, Bh | 0, Bl | 0));
    ({ h: Ch, l: Cl } = add(this.Ch | 0, this.Cl | 0, Ch | 0, Cl | 0));
    ({ h: Dh, l: Dl } = add(this.Dh | 0, this.Dl | 0, Dh | 0, Dl | 0));
    ({ h: Eh, l: El } = add(this.Eh | 0, this.El | 0, Eh | 0, El | 0));
    ({ h: Fh, l: Fl } = add(this.Fh | 0, this.Fl | 0, Fh | 0, Fl | 0));
    ({ h: Gh, l: Gl } = add(this.Gh | 0, this.Gl | 0, Gh | 0, Gl | 0));
    ({ h: Hh, l: Hl } = add(this.Hh | 0, this.Hl | 0, Hh | 0, Hl | 0));
    this.set(Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl);
  }
  roundClean() {
    clean(SHA512_W_H, SHA512_W_L);
  }
  destroy() {
    this.destroyed = true;
    clean(this.buffer);
    this.set(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }
};
var _SHA512 = class extends SHA2_64B {
  constructor() {
    super(64, SHA512_IV);
  }
};
var sha512 = /* @__PURE__ */ createHasher(
  () => new _SHA512(),
  /* @__PURE__ */ oidNist(3)
);

// node_modules/@noble/curves/utils.js
function aarray(item, title, inner = () => {
}) {
  if (!Array.isArray(item))
    throw new TypeError(`"${title}" expected array, got type=${typeof item}`);
  for (let i = 0; i < item.length; i++)
    inner(item[i], `${title}[${i}]`);
  return item;
}
var abytes2 = (value, length, title) => abytes(value, length, title);
var anumber2 = anumber;
function aobject2(value, title = "object") {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new TypeError(title === "object" ? "expected valid options object" : `"${title}" expected object, got type=${typeof value}`);
  return value;
}
function afunction(value, title) {
  if (typeof value !== "function")
    throw new TypeError(`"${title}" is invalid: expected function, got ${typeof value}`);
  return value;
}
var bytesToHex2 = bytesToHex;
var concatBytes2 = (...arrays) => concatBytes(...arrays);
var hexToBytes2 = (hex) => hexToBytes(hex);
var isBytes2 = isBytes;
var randomBytes2 = (bytesLength) => randomBytes(bytesLength);
var _0n = /* @__PURE__ */ BigInt(0);
var _1n = /* @__PURE__ */ BigInt(1);
var atitle2 = (title) => title ? `"${title}" ` : "";
function abool(value, title = "") {
  if (typeof value !== "boolean")
    throw new TypeError(atitle2(title) + "expected boolean, got type=" + typeof value);
  return value;
}
function abignumber(n) {
  if (typeof n === "bigint") {
    if (!isPosBig(n))
      throw new RangeError("positive bigint expected, got " + n);
  } else
    anumber2(n);
  return n;
}
function asafenumber(value, title = "") {
  if (typeof value !== "number") {
    const prefix = title && `"${title}" `;
    throw new TypeError(prefix + "expected number, got type=" + typeof value);
  }
  if (!Number.isSafeInteger(value)) {
    const prefix = title && `"${title}" `;
    throw new RangeError(prefix + "expected safe integer, got " + value);
  }
}
function hexToNumber(hex) {
  if (typeof hex !== "string")
    throw new TypeError("hex string expected, got " + typeof hex);
  return hex === "" ? _0n : BigInt("0x" + hex);
}
function bytesToNumberBE(bytes2) {
  return hexToNumber(bytesToHex(bytes2));
}
function bytesToNumberLE(bytes2) {
  return hexToNumber(bytesToHex(copyBytes(abytes(bytes2)).reverse()));
}
function numberToBytesBE(n, len) {
  anumber(len);
  if (len === 0)
    throw new Error("zero output length is invalid");
  n = abignumber(n);
  const expectedLen = len * 2;
  const hex = n.toString(16);
  if (hex.length > expectedLen)
    throw new RangeError("number is too large");
  return hexToBytes(hex.padStart(expectedLen, "0"));
}
function numberToBytesLE(n, len) {
  return numberToBytesBE(n, len).reverse();
}
function copyBytes(bytes2) {
  return Uint8Array.from(abytes2(bytes2));
}
function isPosBig(n) {
  return typeof n === "bigint" && _0n <= n;
}
function inRange(n, min, max) {
  return isPosBig(n) && isPosBig(min) && isPosBig(max) && min <= n && n < max;
}
function aInRange(title, n, min, max) {
  if (!inRange(n, min, max))
    throw new RangeError("expected valid " + title + ": " + min + " <= n < " + max + ", got " + n);
}
function bitLen(n) {
  if (n < _0n)
    throw new Error("expected non-negative bigint, got " + n);
  return n === _0n ? 0 : n.toString(2).length;
}
var bitMask = (n) => {
  asafenumber(n, "n");
  return (_1n << BigInt(n)) - _1n;
};
function validateObject(object, fields = {}, optFields = {}, title = "object") {
  aobject2(object, title);
  aobject2(fields, "fields");
  aobject2(optFields, "optFields");
  function checkField(fieldName, expectedType, isOpt) {
    const label = title === "object" ? `param "${String(fieldName)}"` : `"${title}.${String(fieldName)}"`;
    const val = object[fieldName];
    if (!Object.hasOwn(object, fieldName) && (isOpt ? val !== void 0 : expectedType !== "function")) {
      throw new TypeError(`${label} is invalid: expected own property`);
    }
    if (isOpt && val === void 0)
      return;
    const current = typeof val;
    if (current !== expectedType || val === null)
      throw new TypeError(`${label} is invalid: expected ${expectedType}, got ${current}`);
  }
  const iter = (f, isOpt) => Object.entries(f).forEach(([k, v]) => checkField(k, v, isOpt));
  iter(fields, false);
  iter(optFields, true);
}

// node_modules/@noble/curves/abstract/modular.js
var _0n2 = /* @__PURE__ */ BigInt(0);
var _1n2 = /* @__PURE__ */ BigInt(1);
var _2n = /* @__PURE__ */ BigInt(2);
var _3n = /* @__PURE__ */ BigInt(3);
var _4n = /* @__PURE__ */ BigInt(4);
var _5n = /* @__PURE__ */ BigInt(5);
var _7n = /* @__PURE__ */ BigInt(7);
var _8n = /* @__PURE__ */ BigInt(8);
var _9n = /* @__PURE__ */ BigInt(9);
var _15n = /* @__PURE__ */ BigInt(15);
var _16n = /* @__PURE__ */ BigInt(16);
var POW_WINDOWED_MIN = /* @__PURE__ */ BigInt("0x10000000000000000");
function mod(a, b) {
  if (b <= _0n2)
    throw new Error("mod: expected positive modulus, got " + b);
  const result = a % b;
  return result >= _0n2 ? result : b + result;
}
function pow(num, power, modulo) {
  if (modulo <= _1n2)
    throw new Error("pow: expected modulus > 1, got " + modulo);
  if (typeof power !== "bigint")
    throw new TypeError("invalid exponent: expected bigint, got " + typeof power);
  if (power < _0n2)
    throw new Error("invalid exponent, negatives unsupported");
  if (power === _0n2)
    return _1n2;
  if (power === _1n2)
    return num;
  let d = num % modulo;
  if (d < _0n2)
    d += modulo;
  if (power < POW_WINDOWED_MIN) {
    let p2 = _1n2;
    while (power > _0n2) {
      if (power & _1n2)
        p2 = p2 * d % modulo;
      d = d * d % modulo;
      power >>= _1n2;
    }
    return p2;
  }
  const digits = [];
  while (power > _0n2) {
    digits.push(Number(power & _15n));
    power >>= _4n;
  }
  const table = new Array(16);
  table[0] = _1n2;
  table[1] = d;
  for (let i = 2; i < 16; i++)
    table[i] = table[i - 1] * d % modulo;
  let p = table[digits[digits.length - 1]];
  for (let w = digits.length - 2; w >= 0; w--) {
    p = p * p % modulo;
    p = p * p % modulo;
    p = p * p % modulo;
    p = p * p % modulo;
    const digit2 = digits[w];
    if (digit2 !== 0)
      p = p * table[digit2] % modulo;
  }
  return p;
}
function pow2(x, power, modulo) {
  if (modulo <= _1n2)
    throw new Error("pow2: expected modulus > 1, got " + modulo);
  if (power < _0n2)
    throw new Error("pow2: expected non-negative exponent, got " + power);
  let res = x;
  while (power-- > _0n2) {
    res *= res;
    res %= modulo;
  }
  return res;
}
function invert(number, modulo) {
  if (number === _0n2)
    throw new Error("invert: expected non-zero number");
  if (modulo <= _1n2)
    throw new Error("invert: expected modulus > 1, got " + modulo);
  let a = mod(number, modulo);
  let b = modulo;
  let x = _0n2, u = _1n2;
  while (a !== _0n2) {
    const q = b / a;
    const r = b - a * q;
    const m = x - u * q;
    b = a, a = r, x = u, u = m;
  }
  const gcd = b;
  if (gcd !== _1n2)
    throw new Error("invert: does not exist");
  return mod(x, modulo);
}
function assertIsSquare(Fp2, root, n) {
  const F = Fp2;
  if (!F.eql(F.sqr(root), n))
    throw new Error("Cannot find square root");
}
function aoddModulus(order, fnName) {
  if ((order & _1n2) === _0n2)
    throw new Error(fnName + ": expected odd modulus, got " + order);
}
function sqrt3mod4(Fp2, n) {
  const F = Fp2;
  const p1div4 = (F.ORDER + _1n2) / _4n;
  const root = F.pow(n, p1div4);
  assertIsSquare(F, root, n);
  return root;
}
function sqrt5mod8(Fp2, n) {
  const F = Fp2;
  const p5div8 = (F.ORDER - _5n) / _8n;
  const n2 = F.mul(n, _2n);
  const v = F.pow(n2, p5div8);
  const nv = F.mul(n, v);
  const i = F.mul(F.mul(nv, _2n), v);
  const root = F.mul(nv, F.sub(i, F.ONE));
  assertIsSquare(F, root, n);
  return root;
}
function sqrt9mod16(P) {
  const Fp_ = Field(P);
  const tn = tonelliShanks(P);
  const c1 = tn(Fp_, Fp_.neg(Fp_.ONE));
  const c2 = tn(Fp_, c1);
  const c3 = tn(Fp_, Fp_.neg(c1));
  const c4 = (P + _7n) / _16n;
  return ((Fp2, n) => {
    const F = Fp2;
    let tv1 = F.pow(n, c4);
    let tv2 = F.mul(tv1, c1);
    const tv3 = F.mul(tv1, c2);
    const tv4 = F.mul(tv1, c3);
    const e1 = F.eql(F.sqr(tv2), n);
    const e2 = F.eql(F.sqr(tv3), n);
    tv1 = F.cmov(tv1, tv2, e1);
    tv2 = F.cmov(tv4, tv3, e2);
    const e3 = F.eql(F.sqr(tv2), n);
    const root = F.cmov(tv1, tv2, e3);
    assertIsSquare(F, root, n);
    return root;
  });
}
function tonelliShanks(P) {
  if (P < _3n)
    throw new Error("sqrt is not defined for small field");
  aoddModulus(P, "tonelliShanks");
  let Q = P - _1n2;
  let S = 0;
  while (Q % _2n === _0n2) {
    Q /= _2n;
    S++;
  }
  let Z = _2n;
  const _Fp = Field(P);
  while (FpLegendre(_Fp, Z) === 1) {
    if (Z++ > 1e3)
      throw new Error("Cannot find square root: probably non-prime P");
  }
  if (S === 1)
    return sqrt3mod4;
  let cc = _Fp.pow(Z, Q);
  const Q1div2 = (Q + _1n2) / _2n;
  return function tonelliSlow(Fp2, n) {
    const F = Fp2;
    if (F.is0(n))
      return n;
    if (FpLegendre(F, n) !== 1)
      throw new Error("Cannot find square root");
    let M = S;
    let c = F.mul(F.ONE, cc);
    let t = F.pow(n, Q);
    let R = F.pow(n, Q1div2);
    while (!F.eql(t, F.ONE)) {
      if (F.is0(t))
        throw new Error("Cannot find square root: probably non-prime P");
      let i = 1;
      let t_tmp = F.sqr(t);
      while (!F.eql(t_tmp, F.ONE)) {
        i++;
        t_tmp = F.sqr(t_tmp);
        if (i === M)
          throw new Error("Cannot find square root");
      }
      const exponent = _1n2 << BigInt(M - i - 1);
      const b = F.pow(c, exponent);
      M = i;
      c = F.sqr(b);
      t = F.mul(t, c);
      R = F.mul(R, b);
    }
    return R;
  };
}
function FpSqrt(P) {
  aoddModulus(P, "Fp.sqrt");
  if (P % _4n === _3n)
    return sqrt3mod4;
  if (P % _8n === _5n)
    return sqrt5mod8;
  if (P % _16n === _9n)
    return sqrt9mod16(P);
  return tonelliShanks(P);
}
var isNegativeLE = (num, modulo) => (mod(num, modulo) & _1n2) === _1n2;
var FIELD_FIELDS = [
  "create",
  "isValid",
  "is0",
  "neg",
  "inv",
  "sqrt",
  "sqr",
  "eql",
  "add",
  "sub",
  "mul",
  "pow",
  "div",
  "addN",
  "subN",
  "mulN",
  "sqrN"
];
function validateField(field) {
  aobject2(field, "field");
  if (typeof field.ORDER !== "bigint")
    throw new TypeError('param "ORDER" is invalid: expected bigint, got ' + typeof field.ORDER);
  asafenumber(field.BYTES, "BYTES");
  asafenumber(field.BITS, "BITS");
  for (const name of FIELD_FIELDS)
    afunction(field[name], "field." + name);
  if (field.BYTES < 1 || field.BITS < 1)
    throw new Error("invalid field: expected BYTES/BITS > 0");
  if (field.ORDER <= _1n2)
    throw new Error("invalid field: expected ORDER > 1, got " + field.ORDER);
  return field;
}
function FpInvertBatch(Fp2, nums, passZero = false) {
  validateField(Fp2);
  aarray(nums, "nums");
  abool(passZero, "passZero");
  const F = Fp2;
  const inverted = new Array(nums.length).fill(passZero ? F.ZERO : void 0);
  const multipliedAcc = nums.reduce((acc, num, i) => {
    if (F.is0(num))
      return acc;
    inverted[i] = acc;
    return F.mul(acc, num);
  }, F.ONE);
  const invertedAcc = F.inv(multipliedAcc);
  nums.reduceRight((acc, num, i) => {
    if (F.is0(num))
      return acc;
    inverted[i] = F.mul(acc, inverted[i]);
    return F.mul(acc, num);
  }, invertedAcc);
  return inverted;
}
function FpLegendre(Fp2, n) {
  validateField(Fp2);
  const F = Fp2;
  aoddModulus(F.ORDER, "FpLegendre");
  const p1mod2 = (F.ORDER - _1n2) / _2n;
  const powered = F.pow(n, p1mod2);
  const yes = F.eql(powered, F.ONE);
  const zero = F.eql(powered, F.ZERO);
  const no = F.eql(powered, F.neg(F.ONE));
  if (!yes && !zero && !no)
    throw new Error("invalid Legendre symbol result");
  return yes ? 1 : zero ? 0 : -1;
}
function nLength(n, nBitLength) {
  if (nBitLength !== void 0)
    anumber2(nBitLength);
  if (n <= _0n2)
    throw new Error("invalid n length: expected positive n, got " + n);
  if (nBitLength !== void 0 && nBitLength < 1)
    throw new Error("invalid n length: expected positive bit length, got " + nBitLength);
  const bits = bitLen(n);
  if (nBitLength !== void 0 && nBitLength < bits)
    throw new Error(`invalid n length: expected nBitLength (${nBitLength}) >= bitLen(n) (${bits})`);
  const _nBitLength = nBitLength !== void 0 ? nBitLength : bits;
  const nByteLength = Math.ceil(_nBitLength / 8);
  return { nBitLength: _nBitLength, nByteLength };
}
var FIELD_SQRT = /* @__PURE__ */ new WeakMap();
var _Field = class {
  ORDER;
  BITS;
  BYTES;
  isLE;
  ZERO = _0n2;
  ONE = _1n2;
  _lengths;
  _mod;
  constructor(ORDER, opts = {}) {
    if (ORDER <= _1n2)
      throw new Error("invalid field: expected ORDER > 1, got " + ORDER);
    let _nbitLength = void 0;
    this.isLE = false;
    if (opts != null && typeof opts === "object") {
      if (typeof opts.BITS === "number")
        _nbitLength = opts.BITS;
      if (typeof opts.sqrt === "function")
        Object.defineProperty(this, "sqrt", { value: opts.sqrt, enumerable: true });
      if (typeof opts.isLE === "boolean")
        this.isLE = opts.isLE;
      if (opts.allowedLengths)
        this._lengths = Object.freeze(opts.allowedLengths.slice());
      if (typeof opts.modFromBytes === "boolean")
        this._mod = opts.modFromBytes;
    }
    const { nBitLength, nByteLength } = nLength(ORDER, _nbitLength);
    if (nByteLength > 2048)
      throw new Error("invalid field: expected ORDER of <= 2048 bytes");
    this.ORDER = ORDER;
    this.BITS = nBitLength;
    this.BYTES = nByteLength;
    Object.freeze(this);
  }
  create(num) {
    return mod(num, this.ORDER);
  }
  isValid(num) {
    if (typeof num !== "bigint")
      throw new TypeError("invalid field element: expected bigint, got " + typeof num);
    return _0n2 <= num && num < this.ORDER;
  }
  is0(num) {
    return num === _0n2;
  }
  // is valid and invertible
  isValidNot0(num) {
    return !this.is0(num) && this.isValid(num);
  }
  isOdd(num) {
    return (num & _1n2) === _1n2;
  }
  neg(num) {
    return mod(-num, this.ORDER);
  }
  eql(lhs, rhs) {
    return lhs === rhs;
  }
  sqr(num) {
    return mod(num * num, this.ORDER);
  }
  add(lhs, rhs) {
    return mod(lhs + rhs, this.ORDER);
  }
  sub(lhs, rhs) {
    return mod(lhs - rhs, this.ORDER);
  }
  mul(lhs, rhs) {
    return mod(lhs * rhs, this.ORDER);
  }
  pow(num, power) {
    return pow(num, power, this.ORDER);
  }
  div(lhs, rhs) {
    return mod(lhs * invert(rhs, this.ORDER), this.ORDER);
  }
  // Same as above, but doesn't normalize
  sqrN(num) {
    return num * num;
  }
  addN(lhs, rhs) {
    return lhs + rhs;
  }
  subN(lhs, rhs) {
    return lhs - rhs;
  }
  mulN(lhs, rhs) {
    return lhs * rhs;
  }
  inv(num) {
    return invert(num, this.ORDER);
  }
  sqrt(num) {
    let sqrt = FIELD_SQRT.get(this);
    if (!sqrt)
      FIELD_SQRT.set(this, sqrt = FpSqrt(this.ORDER));
    return sqrt(this, num);
  }
  toBytes(num) {
    return this.isLE ? numberToBytesLE(num, this.BYTES) : numberToBytesBE(num, this.BYTES);
  }
  fromBytes(bytes2, skipValidation = false) {
    abytes2(bytes2);
    const { _lengths: allowedLengths, BYTES, isLE: isLE2, ORDER, _mod: modFromBytes } = this;
    if (allowedLengths) {
      if (bytes2.length < 1 || !allowedLengths.includes(bytes2.length) || bytes2.length > BYTES) {
        throw new Error("Field.fromBytes: expected " + allowedLengths + " bytes, got " + bytes2.length);
      }
      const padded = new Uint8Array(BYTES);
      padded.set(bytes2, isLE2 ? 0 : padded.length - bytes2.length);
      bytes2 = padded;
    }
    if (bytes2.length !== BYTES)
      throw new Error("Field.fromBytes: expected " + BYTES + " bytes, got " + bytes2.length);
    let scalar = isLE2 ? bytesToNumberLE(bytes2) : bytesToNumberBE(bytes2);
    if (modFromBytes)
      scalar = mod(scalar, ORDER);
    if (!skipValidation) {
      if (!this.isValid(scalar))
        throw new Error("invalid field element: outside of range 0..ORDER");
    }
    return scalar;
  }
  // TODO: we don't need it here, move out to separate fn
  invertBatch(lst) {
    return FpInvertBatch(this, lst, true);
  }
  // We can't move this out because Fp6, Fp12 implement it
  // and it's unclear what to return in there.
  cmov(a, b, condition) {
    abool(condition, "condition");
    return condition ? b : a;
  }
};
function Field(ORDER, opts = {}) {
  Object.freeze(_Field.prototype);
  return new _Field(ORDER, opts);
}

// node_modules/@noble/curves/abstract/curve.js
var _0n3 = /* @__PURE__ */ BigInt(0);
var _1n3 = /* @__PURE__ */ BigInt(1);
var _4n2 = /* @__PURE__ */ BigInt(4);
var BLIND_BYTES = 16;
var BLIND_BITS = 128;
var FW_WINDOW = 5;
var TABLE_BYTES_MAX = /* @__PURE__ */ (() => 2 ** 31)();
function validatePointCons(Point) {
  const pc = Point;
  if (typeof pc !== "function")
    throw new TypeError('"Point" expected constructor, got type=' + typeof Point);
  afunction(pc.fromAffine, "Point.fromAffine");
  afunction(pc.fromBytes, "Point.fromBytes");
  afunction(pc.fromHex, "Point.fromHex");
  aobject2(pc.BASE, "Point.BASE");
  aobject2(pc.ZERO, "Point.ZERO");
  validateField(pc.Fp);
  validateField(pc.Fn);
}
function normalizeZ(c, points) {
  validatePointCons(c);
  validateMSMPoints(points, c);
  const invertedZs = FpInvertBatch(c.Fp, points.map((p) => p.Z));
  return points.map((p, i) => c.fromAffine(p.toAffine(invertedZs[i])));
}
function validateW(W, bits, min = 1) {
  if (!Number.isSafeInteger(W) || W < min || W > bits)
    throw new Error("invalid window size, expected [" + min + ".." + bits + "], got W=" + W);
}
function validateTableBytes(numPoints, fpBytes) {
  const bytes2 = numPoints * (4 * fpBytes + 128);
  if (bytes2 > TABLE_BYTES_MAX)
    throw new Error("invalid window size: table would need ~" + Math.ceil(bytes2 / 2 ** 20) + " MiB, max " + TABLE_BYTES_MAX / 2 ** 20 + " MiB");
}
function probeRandomBytes(randomBytes4, length) {
  if (randomBytes4 === void 0)
    return void 0;
  afunction(randomBytes4, "randomBytes");
  try {
    const probe = randomBytes4(length);
    if (!isBytes2(probe) || probe.length !== length)
      return void 0;
  } catch {
    return void 0;
  }
  return randomBytes4;
}
function validateMSMPoints(points, c) {
  aarray(points, "points");
  points.forEach((p, i) => {
    if (!(p instanceof c))
      throw new Error("invalid point at index " + i);
  });
}
function validateMSMScalars(scalars, field, maxScalar) {
  if (!Array.isArray(scalars))
    throw new Error("array of scalars expected");
  scalars.forEach((s, i) => {
    const ok = maxScalar === void 0 ? field.isValid(s) : isPosBig(s) && s < maxScalar;
    if (!ok)
      throw new Error("invalid scalar at index " + i);
  });
}
var pointWindowSizes = /* @__PURE__ */ new WeakMap();
function getWindowSize(P) {
  return pointWindowSizes.get(P) || 1;
}
function oddMultiples(p, size) {
  const dbl = p.double();
  const t = [p];
  for (let j = 1; j < size; j++)
    t.push(t[j - 1].add(dbl));
  return t;
}
function wnafDigits(n, W) {
  const size = 2 ** W;
  const half = size / 2;
  const mask = BigInt(size - 1);
  const d = [];
  while (n > _0n3) {
    let w = 0;
    if (n & _1n3) {
      w = Number(n & mask);
      if (w >= half)
        w -= size;
      n -= BigInt(w);
    }
    d.push(w);
    n >>= _1n3;
  }
  return d;
}
function signedWindowDigits(n, W, windows) {
  const size = 2 ** W;
  const half = size / 2;
  const mask = BigInt(size - 1);
  const shiftBy = BigInt(W);
  const d = [];
  for (let w = 0; w < windows; w++) {
    let v = Number(n & mask);
    n >>= shiftBy;
    if (v > half) {
      v -= size;
      n += _1n3;
    }
    d.push(v);
  }
  if (n !== _0n3)
    throw new Error("invalid wnaf");
  return d;
}
function wnafWalk(zero, tables, digits) {
  let max = 0;
  for (const d of digits)
    max = Math.max(max, d.length);
  let acc = zero;
  for (let bit = max - 1; bit >= 0; bit--) {
    if (bit !== max - 1)
      acc = acc.double();
    for (let i = 0; i < digits.length; i++) {
      const w = digits[i][bit];
      if (w) {
        const item = tables[i][Math.abs(w) - 1 >> 1];
        acc = acc.add(w < 0 ? item.negate() : item);
      }
    }
  }
  return acc;
}
var ScalarMultiplier = class {
  Point;
  BASE;
  ZERO;
  randomBytes;
  wnafPrecomputes = /* @__PURE__ */ new WeakMap();
  baseCanBeBlinded;
  bits;
  // Parametrized with a given Point class (not individual point)
  constructor(Point, randomBytes4) {
    validatePointCons(Point);
    this.randomBytes = probeRandomBytes(randomBytes4, BLIND_BYTES);
    this.Point = Point;
    this.BASE = Point.BASE;
    this.ZERO = Point.ZERO;
    this.bits = Point.Fn.BITS;
  }
  /**
   * Creates a signed fixed-window wNAF precomputation table: for every window w, the
   * multiples `[1..2^(W−1)]⋅2^(w⋅W)⋅P`, flattened. All doublings are baked into the table,
   * so cached multiplication is additions-only. `windows = ceil(bits/W) + 1`: the extra
   * window absorbs the final carry of signed-digit recoding.
   * For a 256-bit curve and W=6, the table is 44⋅32 = 1408 points.
   * @param point - Point instance
   * @param W - window size
   * @param bits - scalar bitlength the table must cover
   */
  buildWnafTable(point, W, bits) {
    const windows = Math.ceil(bits / W) + 1;
    const half = 2 ** (W - 1);
    const comp = [];
    let base = point;
    for (let w = 0; w < windows; w++) {
      let acc = base;
      for (let i = 0; i < half; i++) {
        comp.push(acc);
        acc = acc.add(base);
      }
      base = comp[comp.length - 1].double();
    }
    return { W, bits, windows, comp };
  }
  /**
   * Implements ec multiplication using precomputed signed fixed-window wNAF tables.
   * Constant-time: fixed window count with one table addition per window — zero digits feed
   * the fake accumulator — and no doublings; the lookup scans the whole window slice.
   * Scalar bounds are validated by the public entry points ({@link ScalarMultiplier.mulCT},
   * {@link ScalarMultiplier.mulCTBlinded}, {@link ScalarMultiplier.mulUnsafe});
   * signedWindowDigits throws if `n` exceeds the table.
   * @returns real and fake (for const-time) points
   */
  wnafCachedCT(precomputes, n) {
    const { W, windows, comp } = precomputes;
    const half = 2 ** (W - 1);
    const digits = signedWindowDigits(n, W, windows);
    let p = this.ZERO;
    let f = this.BASE;
    for (let w = 0; w < windows; w++) {
      const digit2 = digits[w];
      const start = w * half;
      const idx = Math.abs(digit2) - 1;
      let sel = comp[start];
      for (let i = 1; i < half; i++)
        sel = i === idx ? comp[start + i] : sel;
      const neg = sel.negate();
      if (digit2 === 0)
        f = f.add(comp[start]);
      else
        p = p.add(digit2 < 0 ? neg : sel);
    }
    return { p, f };
  }
  // Cache key is point identity plus (W, bits); at most two entries exist per point (public-width
  // `Fn.BITS` and blinded `Fn.BITS + BLIND_BITS`). Callers must not reuse the same point with
  // incompatible `transform(...)` layouts and expect a separate cache entry.
  getWnafPrecomputes(W, point, bits, transform) {
    let entries2 = this.wnafPrecomputes.get(point);
    let comp = entries2?.find((entry) => entry.W === W && entry.bits === bits);
    if (!comp) {
      comp = this.buildWnafTable(point, W, bits);
      if (typeof transform === "function")
        comp = { ...comp, comp: transform(comp.comp) };
      if (!entries2) {
        entries2 = [];
        this.wnafPrecomputes.set(point, entries2);
      }
      entries2.push(comp);
    }
    return comp;
  }
  assertPoint(point) {
    if (!(point instanceof this.Point))
      throw new TypeError('"point" expected Point instance, got type=' + typeof point);
  }
  // Shared prologue of the constant-time entry points. Rejects scalar 0: in key/signature-style
  // callers a zero scalar means broken upstream plumbing, and concrete Points already reject it.
  // Uses inRange instead of Fn.isValidNot0: validateField() only certifies the arithmetic subset.
  validateMulInput(point, scalar) {
    this.assertPoint(point);
    if (!inRange(scalar, _1n3, this.Point.Fn.ORDER))
      throw new Error("invalid scalar");
  }
  // Constant-time dispatch shared by mulCT / mulCTBlinded. Un-precomputed points (W===1, e.g.
  // ECDH peer keys) skip building a throwaway cached table in favor of a small fixed-window
  // multiply. `n` must be < 2^bits.
  runCT(point, n, bits, transform) {
    const W = getWindowSize(point);
    if (W === 1)
      return this.fixedWindowCT(point, n, bits);
    return this.wnafCachedCT(this.getWnafPrecomputes(W, point, bits, transform), n);
  }
  mulCT(point, scalar, transform) {
    this.validateMulInput(point, scalar);
    return this.runCT(point, scalar, this.bits, transform);
  }
  mulCTBlinded(point, scalar, transform) {
    this.validateMulInput(point, scalar);
    if (this.randomBytes === void 0)
      throw new Error("randomBytes is required for scalar blinding");
    const bits = this.Point.Fn.BITS + BLIND_BITS;
    const blind = this.randomBytes(BLIND_BYTES);
    if (!isBytes2(blind) || blind.length !== BLIND_BYTES)
      throw new Error("randomBytes returned invalid byte array");
    blind[0] = blind[0] & 63 | 128;
    const n = scalar + bytesToNumberBE(blind) * this.Point.Fn.ORDER;
    return this.runCT(point, n, bits, transform);
  }
  /**
   * Constant-time multiplication `n*point` for an un-precomputed point, via a small fixed window.
   * A cached wNAF table only pays off when reused; a flat 2^FW_WINDOW table (`size-1` adds) is
   * far cheaper to build for a single use. The point-operation sequence is independent of `n`:
   * build the table, then per window exactly FW_WINDOW doublings, a data-oblivious scan over
   * every table entry, and one addition (adds the identity when the window digit is 0 — never
   * skipped).
   *
   * `n` must be `< 2^bits`. Assumes complete addition (adding the identity costs the same as any
   * add), which holds for the Weierstrass/Edwards point types used here. The table is left in
   * projective form (no normalizeZ): normalizing this small a table costs more than the
   * mixed-add savings it would buy for a single multiply.
   * @returns real point `p`; `f` duplicates it only to match {@link wnafCachedCT}'s return shape
   * (this path needs no fake accumulator — its op-count is already scalar-independent).
   */
  fixedWindowCT(point, n, bits) {
    const W = FW_WINDOW;
    const size = 1 << W;
    const mask = bitMask(W);
    const table = new Array(size);
    table[0] = this.ZERO;
    for (let i = 1; i < size; i++)
      table[i] = table[i - 1].add(point);
    const windows = Math.ceil(bits / W);
    let acc = this.ZERO;
    for (let window = windows - 1; window >= 0; window--) {
      if (window !== windows - 1)
        for (let d = 0; d < W; d++)
          acc = acc.double();
      const digit2 = Number(n >> BigInt(window * W) & mask);
      let sel = table[0];
      for (let i = 1; i < size; i++)
        sel = i === digit2 ? table[i] : sel;
      acc = acc.add(sel);
    }
    return { p: acc, f: acc };
  }
  shouldBlind(point, cofactor) {
    if (this.randomBytes === void 0)
      return false;
    if (cofactor === _1n3)
      return true;
    if (point !== this.BASE)
      return false;
    if (this.baseCanBeBlinded === void 0)
      this.baseCanBeBlinded = this.mulUnsafe(this.BASE, this.Point.Fn.ORDER).is0();
    return this.baseCanBeBlinded;
  }
  mulSecret(point, scalar, cofactor, transform) {
    return this.shouldBlind(point, cofactor) ? this.mulCTBlinded(point, scalar, transform) : this.mulCT(point, scalar, transform);
  }
  mulUnsafe(point, scalar, transform) {
    this.assertPoint(point);
    if (!isPosBig(scalar))
      throw new Error("invalid scalar");
    const W = getWindowSize(point);
    if (W === 1 || scalar >= this.Point.Fn.ORDER)
      return mulAddUnsafe(this.Point, [point], [scalar], true);
    const precomputes = this.getWnafPrecomputes(W, point, this.bits, transform);
    return this.wnafCachedCT(precomputes, scalar).p;
  }
  // Remembers the window size used for precomputed wNAF multiplication of the given point
  // and drops any previously built tables. Usually only the base point is precomputed.
  // W=1 resets the point to the un-precomputed (table-less) paths.
  // W is additionally capped so tables stay under ~2 GiB ({@link TABLE_BYTES_MAX}).
  setWindowSize(point, W) {
    this.assertPoint(point);
    validateW(W, this.bits);
    const windows = Math.ceil((this.bits + BLIND_BITS) / W) + 1;
    validateTableBytes(windows * 2 ** (W - 1), this.Point.Fp.BYTES);
    pointWindowSizes.set(point, W);
    this.wnafPrecomputes.delete(point);
  }
  // True when a window size is set: tables themselves are built lazily on first multiply.
  hasWindowSize(point) {
    return getWindowSize(point) !== 1;
  }
};
function mulAddUnsafe(c, points, scalars, allowOversized = false) {
  validatePointCons(c);
  validateMSMPoints(points, c);
  abool(allowOversized, "allowOversized");
  validateMSMScalars(scalars, c.Fn, allowOversized ? c.Fn.ORDER ** _4n2 : void 0);
  if (points.length !== scalars.length)
    throw new Error("arrays of points and scalars must have equal length");
  const tables = points.map((p) => oddMultiples(p, 4));
  const digits = scalars.map((n) => wnafDigits(n, 4));
  return wnafWalk(c.ZERO, tables, digits);
}
function createField(order, field, isLE2) {
  if (field) {
    if (field.ORDER !== order)
      throw new Error("Field.ORDER must match order: Fp == p, Fn == n");
    validateField(field);
    return field;
  } else {
    return Field(order, { isLE: isLE2 });
  }
}
function createCurveFields(type, CURVE, curveOpts = {}, FpFnLE) {
  if (type !== "weierstrass" && type !== "edwards")
    throw new Error('expected curve type "weierstrass" or "edwards"');
  if (FpFnLE === void 0)
    FpFnLE = type === "edwards";
  if (!CURVE || typeof CURVE !== "object")
    throw new Error(`expected valid ${type} CURVE object`);
  validateObject(curveOpts);
  for (const p of ["p", "n", "h"]) {
    const val = CURVE[p];
    if (!(isPosBig(val) && val !== _0n3))
      throw new Error(`CURVE.${p} must be positive bigint`);
  }
  const Fp2 = createField(CURVE.p, curveOpts.Fp, FpFnLE);
  const Fn = createField(CURVE.n, curveOpts.Fn, FpFnLE);
  const _b = type === "weierstrass" ? "b" : "d";
  const params = ["Gx", "Gy", "a", _b];
  for (const p of params) {
    if (!Fp2.isValid(CURVE[p]))
      throw new Error(`CURVE.${p} must be valid field element of CURVE.Fp`);
  }
  CURVE = Object.freeze(Object.assign({}, CURVE));
  return { CURVE, Fp: Fp2, Fn };
}
function createKeygen(randomSecretKey, getPublicKey) {
  return function keygen(seed) {
    const secretKey = randomSecretKey(seed);
    return { secretKey, publicKey: getPublicKey(secretKey) };
  };
}

// node_modules/@noble/curves/abstract/edwards.js
var _0n4 = /* @__PURE__ */ BigInt(0);
var _1n4 = /* @__PURE__ */ BigInt(1);
var _2n2 = /* @__PURE__ */ BigInt(2);
var _4n3 = /* @__PURE__ */ BigInt(4);
var _8n2 = /* @__PURE__ */ BigInt(8);
function isEdValidXY(Fp2, CURVE, x, y) {
  const x2 = Fp2.sqr(x);
  const y2 = Fp2.sqr(y);
  const left = Fp2.add(Fp2.mul(CURVE.a, x2), y2);
  const right = Fp2.add(Fp2.ONE, Fp2.mul(CURVE.d, Fp2.mul(x2, y2)));
  return Fp2.eql(left, right);
}
function edwards(params, extraOpts = {}) {
  validateObject(extraOpts, {}, {}, "extraOpts");
  const opts = extraOpts;
  const validated = createCurveFields("edwards", params, opts, opts.FpFnLE);
  const { Fp: Fp2, Fn } = validated;
  let CURVE = validated.CURVE;
  const { h: cofactor } = CURVE;
  if (FpLegendre(Fp2, CURVE.a) !== 1)
    throw new Error("edwards: CURVE.a must be a square in Fp for complete addition formulas");
  if (FpLegendre(Fp2, CURVE.d) !== -1)
    throw new Error("edwards: CURVE.d must be a non-square in Fp for complete addition formulas");
  validateObject(opts, {}, { uvRatio: "function", randomBytes: "function" });
  const randomBytes4 = opts.randomBytes === void 0 ? randomBytes2 : opts.randomBytes;
  const MASK = _2n2 << BigInt(Fp2.BYTES * 8) - _1n4;
  function isOdd(n) {
    if (!Fp2.isOdd)
      throw new Error("Field does not have .isOdd()");
    return Fp2.isOdd(n);
  }
  const uvRatio2 = opts.uvRatio === void 0 ? (u, v) => {
    try {
      return { isValid: true, value: Fp2.sqrt(Fp2.div(u, v)) };
    } catch (e) {
      return { isValid: false, value: _0n4 };
    }
  } : opts.uvRatio;
  if (!isEdValidXY(Fp2, CURVE, CURVE.Gx, CURVE.Gy))
    throw new Error("bad curve params: generator point");
  const mulA = Fp2.eql(CURVE.a, Fp2.neg(Fp2.ONE)) ? (x) => Fp2.neg(x) : Fp2.eql(CURVE.a, Fp2.ONE) ? (x) => x : (x) => Fp2.mul(CURVE.a, x);
  function acoord(title, n, banZero = false) {
    const min = banZero ? _1n4 : _0n4;
    aInRange("coordinate " + title, n, min, MASK);
    return n;
  }
  function aedpoint(other) {
    if (!(other instanceof Point))
      throw new Error("EdwardsPoint expected");
  }
  class Point {
    static BASE = new Point(CURVE.Gx, CURVE.Gy, Fp2.ONE, Fp2.mul(CURVE.Gx, CURVE.Gy));
    static ZERO = new Point(Fp2.ZERO, Fp2.ONE, Fp2.ONE, Fp2.ZERO);
    static Fp = Fp2;
    static Fn = Fn;
    X;
    Y;
    Z;
    T;
    constructor(X, Y, Z, T) {
      this.X = acoord("x", X);
      this.Y = acoord("y", Y);
      this.Z = acoord("z", Z, true);
      this.T = acoord("t", T);
      Object.freeze(this);
    }
    static CURVE() {
      return CURVE;
    }
    /**
     * Create one extended Edwards point from affine coordinates.
     * Does NOT validate that the point is on-curve or torsion-free.
     * Use `.assertValidity()` on adversarial inputs.
     */
    static fromAffine(p) {
      if (p instanceof Point)
        throw new Error("extended point not allowed");
      const { x, y } = p || {};
      acoord("x", x);
      acoord("y", y);
      return new Point(x, y, Fp2.ONE, Fp2.mul(x, y));
    }
    // Uses algo from RFC8032 5.1.3.
    static fromBytes(bytes2, zip215 = false) {
      const len = Fp2.BYTES;
      const { a, d } = CURVE;
      bytes2 = copyBytes(abytes2(bytes2, len, "point"));
      abool(zip215, "zip215");
      const normed = copyBytes(bytes2);
      const lastByte = bytes2[len - 1];
      normed[len - 1] = lastByte & ~128;
      const y = bytesToNumberLE(normed);
      const max = zip215 ? MASK : Fp2.ORDER;
      aInRange("point.y", y, _0n4, max);
      const y2 = Fp2.sqr(y);
      const u = Fp2.sub(y2, Fp2.ONE);
      const v = Fp2.sub(Fp2.mulN(d, y2), a);
      let { isValid, value: x } = uvRatio2(u, v);
      if (!isValid)
        throw new Error("bad point: invalid y coordinate");
      const isXOdd = isOdd(x);
      const isLastByteOdd = (lastByte & 128) !== 0;
      if (!zip215 && Fp2.is0(x) && isLastByteOdd)
        throw new Error("bad point: x=0 and x_0=1");
      if (isLastByteOdd !== isXOdd)
        x = Fp2.neg(x);
      return Point.fromAffine({ x, y });
    }
    static fromHex(hex, zip215 = false) {
      return Point.fromBytes(hexToBytes2(hex), zip215);
    }
    get x() {
      return this.toAffine().x;
    }
    get y() {
      return this.toAffine().y;
    }
    precompute(windowSize = 6, isLazy = true) {
      wnaf.setWindowSize(this, windowSize);
      if (!isLazy)
        this.multiply(_2n2);
      return this;
    }
    // Useful in fromAffine() - not for fromBytes(), which always created valid points.
    assertValidity() {
      const p = this;
      const { a, d } = CURVE;
      if (p.is0())
        throw new Error("bad point: ZERO");
      const { X, Y, Z, T } = p;
      const X2 = Fp2.sqr(X);
      const Y2 = Fp2.sqr(Y);
      const Z2 = Fp2.sqr(Z);
      const Z4 = Fp2.sqr(Z2);
      const aX2 = Fp2.mul(X2, a);
      const left = Fp2.mul(Fp2.add(aX2, Y2), Z2);
      const right = Fp2.add(Z4, Fp2.mul(d, Fp2.mul(X2, Y2)));
      if (!Fp2.eql(left, right))
        throw new Error("bad point: equation left != right (1)");
      const XY = Fp2.mul(X, Y);
      const ZT = Fp2.mul(Z, T);
      if (!Fp2.eql(XY, ZT))
        throw new Error("bad point: equation left != right (2)");
    }
    // Compare one point to another.
    equals(other) {
      aedpoint(other);
      const { X: X1, Y: Y1, Z: Z1 } = this;
      const { X: X2, Y: Y2, Z: Z2 } = other;
      const X1Z2 = Fp2.mul(X1, Z2);
      const X2Z1 = Fp2.mul(X2, Z1);
      const Y1Z2 = Fp2.mul(Y1, Z2);
      const Y2Z1 = Fp2.mul(Y2, Z1);
      return Fp2.eql(X1Z2, X2Z1) && Fp2.eql(Y1Z2, Y2Z1);
    }
    is0() {
      return this.equals(Point.ZERO);
    }
    negate() {
      return new Point(Fp2.neg(this.X), this.Y, this.Z, Fp2.neg(this.T));
    }
    // Fast algo for doubling Extended Point.
    // https://hyperelliptic.org/EFD/g1p/auto-twisted-extended.html#doubling-dbl-2008-hwcd
    // Cost: 4M + 4S + 1*a + 6add + 1*2.
    double() {
      const { X: X1, Y: Y1, Z: Z1 } = this;
      const A = Fp2.sqr(X1);
      const B = Fp2.sqr(Y1);
      const C = Fp2.mul(Fp2.sqr(Z1), _2n2);
      const D = mulA(A);
      const x1y1 = Fp2.addN(X1, Y1);
      const E = Fp2.sub(Fp2.subN(Fp2.sqr(x1y1), A), B);
      const G = Fp2.addN(D, B);
      const F = Fp2.subN(G, C);
      const H = Fp2.subN(D, B);
      const X3 = Fp2.mul(E, F);
      const Y3 = Fp2.mul(G, H);
      const T3 = Fp2.mul(E, H);
      const Z3 = Fp2.mul(F, G);
      return new Point(X3, Y3, Z3, T3);
    }
    // Fast algo for adding 2 Extended Points.
    // https://hyperelliptic.org/EFD/g1p/auto-twisted-extended.html#addition-add-2008-hwcd
    // Cost: 9M + 1*a + 1*d + 7add.
    add(other) {
      aedpoint(other);
      const { d } = CURVE;
      const { X: X1, Y: Y1, Z: Z1, T: T1 } = this;
      const { X: X2, Y: Y2, Z: Z2, T: T2 } = other;
      const A = Fp2.mul(X1, X2);
      const B = Fp2.mul(Y1, Y2);
      const C = Fp2.mul(Fp2.mulN(T1, d), T2);
      const D = Fp2.mul(Z1, Z2);
      const E = Fp2.sub(Fp2.subN(Fp2.mulN(Fp2.addN(X1, Y1), Fp2.addN(X2, Y2)), A), B);
      const F = Fp2.subN(D, C);
      const G = Fp2.addN(D, C);
      const H = Fp2.sub(B, mulA(A));
      const X3 = Fp2.mul(E, F);
      const Y3 = Fp2.mul(G, H);
      const T3 = Fp2.mul(E, H);
      const Z3 = Fp2.mul(F, G);
      return new Point(X3, Y3, Z3, T3);
    }
    subtract(other) {
      aedpoint(other);
      return this.add(other.negate());
    }
    // Constant-time multiplication.
    multiply(scalar) {
      if (!Fn.isValidNot0(scalar))
        throw new RangeError("invalid scalar: expected 1 <= sc < curve.n");
      const { p, f } = wnaf.mulSecret(this, scalar, cofactor, normalize);
      return normalize([p, f])[0];
    }
    // Non-constant-time multiplication. Uses double-and-add algorithm.
    // It's faster, but should only be used when you don't care about
    // an exposed private key e.g. sig verification.
    // Keeps the same subgroup-scalar contract: 0 is allowed for public-scalar callers, but
    // n and larger values are rejected instead of being reduced mod n to the identity point.
    multiplyUnsafe(scalar) {
      if (!Fn.isValid(scalar))
        throw new RangeError("invalid scalar: expected 0 <= sc < curve.n");
      if (scalar === _0n4)
        return Point.ZERO;
      if (this.is0() || scalar === _1n4)
        return this;
      return wnaf.mulUnsafe(this, scalar, normalize);
    }
    // Checks if point is of small order.
    // If you add something to small order point, you will have "dirty"
    // point with torsion component.
    // Clears cofactor and checks if the result is 0.
    isSmallOrder() {
      return this.clearCofactor().is0();
    }
    // Multiplies point by curve order and checks if the result is 0.
    // Returns `false` is the point is dirty.
    isTorsionFree() {
      return wnaf.mulUnsafe(this, CURVE.n).is0();
    }
    // Converts Extended point to default (x, y) coordinates.
    // Can accept precomputed Z^-1 - for example, from invertBatch.
    toAffine(invertedZ) {
      const p = this;
      let iz = invertedZ;
      if (iz != null && typeof iz !== "bigint")
        throw new TypeError('"invertedZ" expected bigint, got type=' + typeof iz);
      const { X, Y, Z } = p;
      const is0 = p.is0();
      if (iz == null)
        iz = is0 ? Fp2.create(_8n2) : Fp2.inv(Z);
      const x = Fp2.mul(X, iz);
      const y = Fp2.mul(Y, iz);
      const zz = Fp2.mul(Z, iz);
      if (is0)
        return { x: Fp2.ZERO, y: Fp2.ONE };
      if (!Fp2.eql(zz, Fp2.ONE))
        throw new Error("invZ was invalid");
      return { x, y };
    }
    clearCofactor() {
      if (cofactor === _1n4)
        return this;
      if (cofactor === _2n2)
        return this.double();
      if (cofactor === _4n3)
        return this.double().double();
      if (cofactor === _8n2)
        return this.double().double().double();
      return this.multiplyUnsafe(cofactor);
    }
    toBytes() {
      const { x, y } = this.toAffine();
      const bytes2 = Fp2.toBytes(y);
      bytes2[bytes2.length - 1] |= isOdd(x) ? 128 : 0;
      return bytes2;
    }
    toHex() {
      return bytesToHex2(this.toBytes());
    }
    toString() {
      return `<Point ${this.is0() ? "ZERO" : this.toHex()}>`;
    }
  }
  const normalize = (points) => normalizeZ(Point, points);
  const wnaf = new ScalarMultiplier(Point, randomBytes4);
  if (wnaf.bits >= 6)
    Point.BASE.precompute(6);
  Object.freeze(Point.prototype);
  Object.freeze(Point);
  return Point;
}
function eddsa(Point, cHash, eddsaOpts = {}) {
  validatePointCons(Point);
  if (typeof cHash !== "function")
    throw new Error('"hash" function param is required');
  const hash = cHash;
  const opts = eddsaOpts;
  validateObject(opts, {}, {
    adjustScalarBytes: "function",
    randomBytes: "function",
    domain: "function",
    prehash: "function",
    zip215: "boolean",
    mapToCurve: "function",
    toMontgomery: "function",
    toMontgomerySecret: "function"
  });
  const { prehash } = opts;
  const { BASE, Fp: Fp2, Fn } = Point;
  const outputLen = hash.outputLen;
  const expectedLen = 2 * Fp2.BYTES;
  if (outputLen !== void 0) {
    asafenumber(outputLen, "hash.outputLen");
    if (outputLen !== expectedLen)
      throw new Error(`hash.outputLen must be ${expectedLen}, got ${outputLen}`);
  }
  const randomBytes4 = opts.randomBytes === void 0 ? randomBytes2 : opts.randomBytes;
  const toMontgomery2 = opts.toMontgomery;
  const toMontgomerySecret2 = opts.toMontgomerySecret;
  const adjustScalarBytes2 = opts.adjustScalarBytes === void 0 ? (bytes2) => bytes2 : opts.adjustScalarBytes;
  const domain = opts.domain === void 0 ? (data, ctx, phflag) => {
    abool(phflag, "phflag");
    if (ctx.length || phflag)
      throw new Error("Contexts/pre-hash are not supported");
    return data;
  } : opts.domain;
  function modN_LE(hash2) {
    return Fn.create(bytesToNumberLE(hash2));
  }
  function getPrivateScalar(key) {
    const len = lengths.secretKey;
    abytes2(key, lengths.secretKey, "secretKey");
    const hashed = abytes2(hash(key), 2 * len, "hashedSecretKey");
    const head = adjustScalarBytes2(hashed.slice(0, len));
    const prefix = hashed.slice(len, 2 * len);
    const scalar = modN_LE(head);
    return { head, prefix, scalar };
  }
  function getExtendedPublicKey(secretKey) {
    const { head, prefix, scalar } = getPrivateScalar(secretKey);
    const point = BASE.multiply(scalar);
    const pointBytes = point.toBytes();
    return { head, prefix, scalar, point, pointBytes };
  }
  function getPublicKey(secretKey) {
    return getExtendedPublicKey(secretKey).pointBytes;
  }
  function hashDomainToScalar(context = Uint8Array.of(), ...msgs) {
    const msg = concatBytes2(...msgs);
    return modN_LE(hash(domain(msg, abytes2(context, void 0, "context"), !!prehash)));
  }
  function sign(msg, secretKey, options = {}) {
    validateObject(options, {}, {}, "options");
    msg = copyBytes(abytes2(msg, void 0, "message"));
    if (prehash)
      msg = prehash(msg);
    const { prefix, scalar, pointBytes } = getExtendedPublicKey(secretKey);
    const r = hashDomainToScalar(options.context, prefix, msg);
    const R = BASE.multiply(r).toBytes();
    const k = hashDomainToScalar(options.context, R, pointBytes, msg);
    const s = Fn.create(r + k * scalar);
    if (!Fn.isValid(s))
      throw new Error("sign failed: invalid s");
    const rs = concatBytes2(R, Fn.toBytes(s));
    return abytes2(rs, lengths.signature, "result");
  }
  const verifyOpts = {
    zip215: opts.zip215
  };
  function verify(sig, msg, publicKey, options = verifyOpts) {
    validateObject(options);
    const { context } = options;
    const zip215 = options.zip215 === void 0 ? !!verifyOpts.zip215 : options.zip215;
    const len = lengths.signature;
    sig = abytes2(sig, len, "signature");
    msg = abytes2(msg, void 0, "message");
    publicKey = abytes2(publicKey, lengths.publicKey, "publicKey");
    if (zip215 !== void 0)
      abool(zip215, "zip215");
    if (prehash)
      msg = prehash(msg);
    const mid = len / 2;
    const r = sig.subarray(0, mid);
    const s = bytesToNumberLE(sig.subarray(mid, len));
    let A, R, SB;
    try {
      A = Point.fromBytes(publicKey, zip215);
      R = Point.fromBytes(r, zip215);
      SB = BASE.multiplyUnsafe(s);
    } catch (error) {
      return false;
    }
    if (!zip215 && A.isSmallOrder())
      return false;
    const k = hashDomainToScalar(context, r, publicKey, msg);
    const RkA = R.add(A.multiplyUnsafe(k));
    return RkA.subtract(SB).clearCofactor().is0();
  }
  const _size = Fp2.BYTES;
  const lengths = {
    secretKey: _size,
    publicKey: _size,
    signature: 2 * _size,
    seed: _size
  };
  function randomSecretKey(seed) {
    seed = seed === void 0 ? randomBytes4(lengths.seed) : seed;
    return abytes2(seed, lengths.seed, "seed");
  }
  function isValidSecretKey(key) {
    return isBytes2(key) && key.length === lengths.secretKey;
  }
  function isValidPublicKey(key, zip215) {
    try {
      return !!Point.fromBytes(key, zip215 === void 0 ? verifyOpts.zip215 : zip215);
    } catch (error) {
      return false;
    }
  }
  const utils = {
    getExtendedPublicKey,
    randomSecretKey,
    isValidSecretKey,
    isValidPublicKey,
    /** Converts an Edwards public key to a companion Montgomery public key. */
    toMontgomery(publicKey) {
      if (toMontgomery2 === void 0)
        throw new Error("Montgomery conversion is not supported for this curve");
      return toMontgomery2(Point.fromBytes(publicKey));
    },
    toMontgomerySecret(secretKey) {
      if (toMontgomerySecret2 === void 0)
        throw new Error("Montgomery conversion is not supported for this curve");
      return toMontgomerySecret2(secretKey);
    }
  };
  Object.freeze(lengths);
  Object.freeze(utils);
  return Object.freeze({
    keygen: createKeygen(randomSecretKey, getPublicKey),
    getPublicKey,
    sign,
    verify,
    utils,
    Point,
    lengths
  });
}

// node_modules/@noble/curves/ed25519.js
var _1n5 = /* @__PURE__ */ BigInt(1);
var _2n3 = /* @__PURE__ */ BigInt(2);
var _5n2 = /* @__PURE__ */ BigInt(5);
var _8n3 = /* @__PURE__ */ BigInt(8);
var ed25519_CURVE_p = /* @__PURE__ */ BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed");
var ed25519_CURVE = /* @__PURE__ */ (() => ({
  p: ed25519_CURVE_p,
  n: BigInt("0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed"),
  h: _8n3,
  a: BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"),
  d: BigInt("0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3"),
  Gx: BigInt("0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51a"),
  Gy: BigInt("0x6666666666666666666666666666666666666666666666666666666666666658")
}))();
function ed25519_pow_2_252_3(x) {
  const _10n = BigInt(10), _20n = BigInt(20), _40n = BigInt(40), _80n = BigInt(80);
  const P = ed25519_CURVE_p;
  const x2 = x * x % P;
  const b2 = x2 * x % P;
  const b4 = pow2(b2, _2n3, P) * b2 % P;
  const b5 = pow2(b4, _1n5, P) * x % P;
  const b10 = pow2(b5, _5n2, P) * b5 % P;
  const b20 = pow2(b10, _10n, P) * b10 % P;
  const b40 = pow2(b20, _20n, P) * b20 % P;
  const b80 = pow2(b40, _40n, P) * b40 % P;
  const b160 = pow2(b80, _80n, P) * b80 % P;
  const b240 = pow2(b160, _80n, P) * b80 % P;
  const b250 = pow2(b240, _10n, P) * b10 % P;
  const pow_p_5_8 = pow2(b250, _2n3, P) * x % P;
  return { pow_p_5_8, b2 };
}
function adjustScalarBytes(bytes2) {
  bytes2[0] &= 248;
  bytes2[31] &= 127;
  bytes2[31] |= 64;
  return bytes2;
}
var ED25519_SQRT_M1 = /* @__PURE__ */ BigInt("19681161376707505956807079304988542015446066515923890162744021073123829784752");
function uvRatio(u, v) {
  const P = ed25519_CURVE_p;
  const v3 = mod(v * v * v, P);
  const v7 = mod(v3 * v3 * v, P);
  const pow3 = ed25519_pow_2_252_3(u * v7).pow_p_5_8;
  let x = mod(u * v3 * pow3, P);
  const vx2 = mod(v * x * x, P);
  const root1 = x;
  const root2 = mod(x * ED25519_SQRT_M1, P);
  const useRoot1 = vx2 === u;
  const useRoot2 = vx2 === mod(-u, P);
  const noRoot = vx2 === mod(-u * ED25519_SQRT_M1, P);
  if (useRoot1)
    x = root1;
  if (useRoot2 || noRoot)
    x = root2;
  if (isNegativeLE(x, P))
    x = mod(-x, P);
  return { isValid: useRoot1 || useRoot2, value: x };
}
var ed25519_Point = /* @__PURE__ */ edwards(ed25519_CURVE, { uvRatio });
var Fp = /* @__PURE__ */ (() => ed25519_Point.Fp)();
function toMontgomery(point) {
  const { y } = point;
  return Fp.toBytes(Fp.div(_1n5 + y, _1n5 - y));
}
function toMontgomerySecret(secretKey) {
  const size = ed25519_Point.Fp.BYTES;
  abytes(secretKey, size);
  return adjustScalarBytes(sha512(secretKey.subarray(0, size))).subarray(0, size);
}
function ed(opts) {
  return eddsa(ed25519_Point, sha512, Object.assign({ adjustScalarBytes, toMontgomery, toMontgomerySecret, zip215: true }, opts));
}
var ed25519 = /* @__PURE__ */ ed({});

// src/crypto/ed25519.ts
var SEED_BYTES = 32;
var PUBLIC_KEY_BYTES = 32;
function publicKeyOf(seed) {
  requireLength(seed, SEED_BYTES, "A secret key");
  return ed25519.getPublicKey(seed);
}
var nobleEd25519 = {
  engine: "noble",
  async signer(seed) {
    const publicKey = publicKeyOf(seed);
    return { publicKey, sign: async (message) => ed25519.sign(message, seed) };
  },
  async verifier(publicKey) {
    requireKey(publicKey);
    return {
      verify: async (message, signature) => {
        try {
          return signature.length === 64 && ed25519.verify(signature, message, publicKey, { zip215: false });
        } catch {
          return false;
        }
      }
    };
  }
};
var PKCS8_PREFIX = hexToBytes("302e020100300506032b657004220420");
var KNOWN = {
  seed: hexToBytes("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"),
  publicKey: hexToBytes("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"),
  message: hexToBytes("af82"),
  signature: hexToBytes(
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
  )
};
function requireKey(publicKey) {
  requireLength(publicKey, PUBLIC_KEY_BYTES, "A public key");
  let small;
  try {
    small = ed25519.Point.fromBytes(publicKey).isSmallOrder();
  } catch {
    throw new SealError("malformed", "A public key is not a point of the curve.");
  }
  if (small) throw new SealError("malformed", "A public key is of small order.");
}
function requireLength(bytes2, length, what) {
  if (bytes2.length !== length) throw new SealError("malformed", `${what} is not ${length} bytes.`);
}

// node_modules/@noble/ciphers/utils.js
function isBytes3(a) {
  return a instanceof Uint8Array || ArrayBuffer.isView(a) && a.constructor.name === "Uint8Array" && "BYTES_PER_ELEMENT" in a && a.BYTES_PER_ELEMENT === 1;
}
var atitle3 = (title) => title ? `"${title}" ` : "";
function abool2(value, title = "") {
  if (typeof value !== "boolean")
    throw new TypeError(atitle3(title) + "expected boolean, got type=" + typeof value);
  return value;
}
function anumber3(n, title = "") {
  if (typeof n !== "number")
    throw new TypeError(atitle3(title) + "expected number, got " + typeof n);
  if (!Number.isSafeInteger(n) || n < 0)
    throw new RangeError(atitle3(title) + "expected integer >= 0, got " + n);
  return n;
}
function abytes3(value, length, title = "") {
  if (isBytes3(value) && (length === void 0 || value.length === length))
    return value;
  if (length !== void 0)
    anumber3(length, "length");
  const bytes2 = isBytes3(value);
  const ofLen = length !== void 0 ? ` of length ${length}` : "";
  const got = bytes2 ? `length=${value.length}` : `type=${typeof value}`;
  const message = atitle3(title) + "expected Uint8Array" + ofLen + ", got " + got;
  if (!bytes2)
    throw new TypeError(message);
  throw new RangeError(message);
}
var aobject3 = (value, label) => {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new TypeError(label === "object" ? "expected valid options object" : `"${label}" expected object, got type=${typeof value}`);
};
function aexists2(instance, checkFinished = true) {
  if (instance.destroyed)
    throw new Error("hash was destroyed");
  if (checkFinished && instance.finished)
    throw new Error("digest() was already called");
}
function aoutput2(out, instance) {
  abytes3(out, void 0, "output");
  const min = instance.outputLen;
  if (!(out.length >= min)) {
    throw new RangeError('"output" expected length >= ' + min);
  }
}
function u32(arr) {
  return new Uint32Array(arr.buffer, arr.byteOffset, Math.floor(arr.byteLength / 4));
}
function clean2(...arrays) {
  for (let i = 0; i < arrays.length; i++) {
    arrays[i].fill(0);
  }
}
function createView2(arr) {
  return new DataView(arr.buffer, arr.byteOffset, arr.byteLength);
}
var isLE = /* @__PURE__ */ (() => new Uint8Array(new Uint32Array([287454020]).buffer)[0] === 68)();
function byteSwap(word) {
  return word << 24 & 4278190080 | word << 8 & 16711680 | word >>> 8 & 65280 | word >>> 24 & 255;
}
function byteSwap32(arr) {
  for (let i = 0; i < arr.length; i++) {
    arr[i] = byteSwap(arr[i]);
  }
  return arr;
}
var swap32IfBE = isLE ? (u) => u : byteSwap32;
function overlapBytes(a, b) {
  if (!a.byteLength || !b.byteLength)
    return false;
  return a.buffer === b.buffer && // best we can do, may fail with an obscure Proxy
  a.byteOffset < b.byteOffset + b.byteLength && // a starts before b end
  b.byteOffset < a.byteOffset + a.byteLength;
}
function complexOverlapBytes(input, output) {
  if (overlapBytes(input, output) && input.byteOffset < output.byteOffset)
    throw new Error("complex overlap of input and output is not supported");
}
function checkOpts2(defaults, opts) {
  aobject3(defaults, "defaults");
  aobject3(opts, "opts");
  const merged = Object.assign(defaults, opts);
  return merged;
}
function equalBytes(a, b) {
  a = abytes3(a);
  b = abytes3(b);
  if (a.length !== b.length)
    return false;
  let diff = 0;
  for (let i = 0; i < a.length; i++)
    diff |= a[i] ^ b[i];
  return diff === 0;
}
function wrapMacConstructor(keyLen, macCons, fromMsg) {
  const mac = macCons;
  const getArgs = fromMsg || (() => []);
  const macC = (msg, key) => mac(key, ...getArgs(msg)).update(msg).digest();
  const tmp = mac(new Uint8Array(keyLen), ...getArgs(new Uint8Array(0)));
  macC.outputLen = tmp.outputLen;
  macC.blockLen = tmp.blockLen;
  macC.create = (key, ...args) => mac(key, ...args);
  return macC;
}
var wrapCipher = /* @__NO_SIDE_EFFECTS__ */ (params, constructor) => {
  function wrappedCipher(key, ...args) {
    abytes3(key, void 0, "key");
    if (params.nonceLength !== void 0) {
      const nonce = args[0];
      abytes3(nonce, params.varSizeNonce ? void 0 : params.nonceLength, "nonce");
    }
    const tagl = params.tagLength;
    const aadStart = params.nonceLength !== void 0 ? 1 : 0;
    if (!params.withAAD) {
      for (let i = aadStart; i < args.length; i++)
        if (isBytes3(args[i]))
          throw new Error("AAD not supported");
    }
    if (params.withAAD && args[aadStart] !== void 0)
      abytes3(args[aadStart], void 0, "AAD");
    const cipher = constructor(key, ...args);
    const checkOutput = (fnLength, output) => {
      if (output !== void 0) {
        if (fnLength !== 2)
          throw new Error("cipher output not supported");
        abytes3(output, void 0, "output");
      }
    };
    let called = false;
    const wrCipher = {
      encrypt(data, output) {
        if (called)
          throw new Error("cannot encrypt() twice with same key + nonce");
        called = true;
        abytes3(data, void 0, "data");
        checkOutput(cipher.encrypt.length, output);
        return cipher.encrypt(data, output);
      },
      decrypt(data, output) {
        abytes3(data, void 0, "data");
        if (tagl && data.length < tagl)
          throw new Error('"ciphertext" expected length >= tagLength=' + tagl);
        checkOutput(cipher.decrypt.length, output);
        return cipher.decrypt(data, output);
      }
    };
    return wrCipher;
  }
  Object.assign(wrappedCipher, params);
  return wrappedCipher;
};
function getOutput(expectedLength, out, onlyAligned = true) {
  if (out === void 0)
    return new Uint8Array(expectedLength);
  abytes3(out, expectedLength, "output");
  if (onlyAligned && !isAligned32(out))
    throw new Error("invalid output, must be aligned");
  return out;
}
function u64Lengths(dataLength, aadLength, isLE2) {
  anumber3(dataLength);
  anumber3(aadLength);
  abool2(isLE2);
  const num = new Uint8Array(16);
  const view = createView2(num);
  view.setBigUint64(0, BigInt(aadLength), isLE2);
  view.setBigUint64(8, BigInt(dataLength), isLE2);
  return num;
}
function isAligned32(bytes2) {
  return bytes2.byteOffset % 4 === 0;
}
function copyBytes2(bytes2) {
  return Uint8Array.from(abytes3(bytes2));
}

// node_modules/@noble/ciphers/_arx.js
var encodeStr = (str) => Uint8Array.from(str.split(""), (c) => c.charCodeAt(0));
var sigma16_32 = /* @__PURE__ */ (() => swap32IfBE(u32(encodeStr("expand 16-byte k"))))();
var sigma32_32 = /* @__PURE__ */ (() => swap32IfBE(u32(encodeStr("expand 32-byte k"))))();
function rotl(a, b) {
  return a << b | a >>> 32 - b;
}
var BLOCK_LEN = 64;
var BLOCK_LEN32 = 16;
var MAX_COUNTER = /* @__PURE__ */ (() => 2 ** 32 - 1)();
var U32_EMPTY = /* @__PURE__ */ Uint32Array.of();
function runCipher(core, sigma, key, nonce, data, output, counter, rounds) {
  const len = data.length;
  const block = new Uint8Array(BLOCK_LEN);
  const b32 = u32(block);
  const isAligned = isLE && isAligned32(data) && isAligned32(output);
  const d32 = isAligned ? u32(data) : U32_EMPTY;
  const o32 = isAligned ? u32(output) : U32_EMPTY;
  if (!isLE) {
    for (let pos = 0; pos < len; counter++) {
      core(sigma, key, nonce, b32, counter, rounds);
      swap32IfBE(b32);
      if (counter >= MAX_COUNTER)
        throw new Error("arx: counter overflow");
      const take = Math.min(BLOCK_LEN, len - pos);
      for (let j = 0, posj; j < take; j++) {
        posj = pos + j;
        output[posj] = data[posj] ^ block[j];
      }
      pos += take;
    }
    return;
  }
  for (let pos = 0; pos < len; counter++) {
    core(sigma, key, nonce, b32, counter, rounds);
    if (counter >= MAX_COUNTER)
      throw new Error("arx: counter overflow");
    const take = Math.min(BLOCK_LEN, len - pos);
    if (isAligned && take === BLOCK_LEN) {
      const pos32 = pos / 4;
      if (pos % 4 !== 0)
        throw new Error("arx: invalid block position");
      for (let j = 0, posj; j < BLOCK_LEN32; j++) {
        posj = pos32 + j;
        o32[posj] = d32[posj] ^ b32[j];
      }
      pos += BLOCK_LEN;
      continue;
    }
    for (let j = 0, posj; j < take; j++) {
      posj = pos + j;
      output[posj] = data[posj] ^ block[j];
    }
    pos += take;
  }
}
function createCipher(core, opts) {
  const { allowShortKeys, extendNonceFn, counterLength, counterRight, rounds } = checkOpts2({ allowShortKeys: false, counterLength: 8, counterRight: false, rounds: 20 }, opts);
  if (typeof core !== "function")
    throw new Error("core must be a function");
  anumber3(counterLength);
  anumber3(rounds);
  abool2(counterRight);
  abool2(allowShortKeys);
  return (key, nonce, data, output, counter = 0) => {
    abytes3(key, void 0, "key");
    abytes3(nonce, void 0, "nonce");
    abytes3(data, void 0, "data");
    const len = data.length;
    const hasOutput = output !== void 0;
    output = getOutput(len, output, false);
    if (hasOutput)
      complexOverlapBytes(data, output);
    anumber3(counter);
    if (counter < 0 || counter >= MAX_COUNTER)
      throw new Error("arx: counter overflow");
    const toClean = [];
    let l = key.length;
    let k;
    let sigma;
    if (l === 32) {
      toClean.push(k = copyBytes2(key));
      sigma = sigma32_32;
    } else if (l === 16 && allowShortKeys) {
      k = new Uint8Array(32);
      k.set(key);
      k.set(key, 16);
      sigma = sigma16_32;
      toClean.push(k);
    } else {
      abytes3(key, 32, "arx key");
      throw new Error("invalid key size");
    }
    if (!isLE || !isAligned32(nonce))
      toClean.push(nonce = copyBytes2(nonce));
    let k32 = u32(k);
    if (extendNonceFn) {
      if (nonce.length !== 24)
        throw new Error("arx: extended nonce must be 24 bytes");
      const n16 = nonce.subarray(0, 16);
      if (isLE)
        extendNonceFn(sigma, k32, u32(n16), k32);
      else {
        const sigmaRaw = swap32IfBE(Uint32Array.from(sigma));
        extendNonceFn(sigmaRaw, k32, u32(n16), k32);
        clean2(sigmaRaw);
        swap32IfBE(k32);
      }
      nonce = nonce.subarray(16);
    } else if (!isLE)
      swap32IfBE(k32);
    const nonceNcLen = 16 - counterLength;
    if (nonceNcLen !== nonce.length)
      throw new Error(`arx: nonce must be ${nonceNcLen} or 16 bytes`);
    if (nonceNcLen !== 12) {
      const nc = new Uint8Array(12);
      nc.set(nonce, counterRight ? 0 : 12 - nonce.length);
      nonce = nc;
      toClean.push(nonce);
    }
    const n32 = swap32IfBE(u32(nonce));
    try {
      runCipher(core, sigma, k32, n32, data, output, counter, rounds);
      return output;
    } finally {
      clean2(...toClean);
    }
  };
}

// node_modules/@noble/ciphers/_poly1305.js
function u8to16(a, i) {
  return a[i++] & 255 | (a[i++] & 255) << 8;
}
var Poly1305 = class {
  blockLen = 16;
  outputLen = 16;
  buffer = new Uint8Array(16);
  r = new Uint16Array(10);
  // Allocating 1 array with .subarray() here is slower than 3
  h = new Uint16Array(10);
  pad = new Uint16Array(8);
  pos = 0;
  finished = false;
  destroyed = false;
  // Can be speed-up using BigUint64Array, at the cost of complexity
  constructor(key) {
    key = copyBytes2(abytes3(key, 32, "key"));
    const t0 = u8to16(key, 0);
    const t1 = u8to16(key, 2);
    const t2 = u8to16(key, 4);
    const t3 = u8to16(key, 6);
    const t4 = u8to16(key, 8);
    const t5 = u8to16(key, 10);
    const t6 = u8to16(key, 12);
    const t7 = u8to16(key, 14);
    this.r[0] = t0 & 8191;
    this.r[1] = (t0 >>> 13 | t1 << 3) & 8191;
    this.r[2] = (t1 >>> 10 | t2 << 6) & 7939;
    this.r[3] = (t2 >>> 7 | t3 << 9) & 8191;
    this.r[4] = (t3 >>> 4 | t4 << 12) & 255;
    this.r[5] = t4 >>> 1 & 8190;
    this.r[6] = (t4 >>> 14 | t5 << 2) & 8191;
    this.r[7] = (t5 >>> 11 | t6 << 5) & 8065;
    this.r[8] = (t6 >>> 8 | t7 << 8) & 8191;
    this.r[9] = t7 >>> 5 & 127;
    for (let i = 0; i < 8; i++)
      this.pad[i] = u8to16(key, 16 + 2 * i);
  }
  process(data, offset, isLast = false) {
    const hibit = isLast ? 0 : 1 << 11;
    const { h, r } = this;
    const r0 = r[0];
    const r1 = r[1];
    const r2 = r[2];
    const r3 = r[3];
    const r4 = r[4];
    const r5 = r[5];
    const r6 = r[6];
    const r7 = r[7];
    const r8 = r[8];
    const r9 = r[9];
    const t0 = u8to16(data, offset + 0);
    const t1 = u8to16(data, offset + 2);
    const t2 = u8to16(data, offset + 4);
    const t3 = u8to16(data, offset + 6);
    const t4 = u8to16(data, offset + 8);
    const t5 = u8to16(data, offset + 10);
    const t6 = u8to16(data, offset + 12);
    const t7 = u8to16(data, offset + 14);
    let h0 = h[0] + (t0 & 8191);
    let h1 = h[1] + ((t0 >>> 13 | t1 << 3) & 8191);
    let h2 = h[2] + ((t1 >>> 10 | t2 << 6) & 8191);
    let h3 = h[3] + ((t2 >>> 7 | t3 << 9) & 8191);
    let h4 = h[4] + ((t3 >>> 4 | t4 << 12) & 8191);
    let h5 = h[5] + (t4 >>> 1 & 8191);
    let h6 = h[6] + ((t4 >>> 14 | t5 << 2) & 8191);
    let h7 = h[7] + ((t5 >>> 11 | t6 << 5) & 8191);
    let h8 = h[8] + ((t6 >>> 8 | t7 << 8) & 8191);
    let h9 = h[9] + (t7 >>> 5 | hibit);
    let c = 0;
    let d0 = c + h0 * r0 + h1 * (5 * r9) + h2 * (5 * r8) + h3 * (5 * r7) + h4 * (5 * r6);
    c = d0 >>> 13;
    d0 &= 8191;
    d0 += h5 * (5 * r5) + h6 * (5 * r4) + h7 * (5 * r3) + h8 * (5 * r2) + h9 * (5 * r1);
    c += d0 >>> 13;
    d0 &= 8191;
    let d1 = c + h0 * r1 + h1 * r0 + h2 * (5 * r9) + h3 * (5 * r8) + h4 * (5 * r7);
    c = d1 >>> 13;
    d1 &= 8191;
    d1 += h5 * (5 * r6) + h6 * (5 * r5) + h7 * (5 * r4) + h8 * (5 * r3) + h9 * (5 * r2);
    c += d1 >>> 13;
    d1 &= 8191;
    let d2 = c + h0 * r2 + h1 * r1 + h2 * r0 + h3 * (5 * r9) + h4 * (5 * r8);
    c = d2 >>> 13;
    d2 &= 8191;
    d2 += h5 * (5 * r7) + h6 * (5 * r6) + h7 * (5 * r5) + h8 * (5 * r4) + h9 * (5 * r3);
    c += d2 >>> 13;
    d2 &= 8191;
    let d3 = c + h0 * r3 + h1 * r2 + h2 * r1 + h3 * r0 + h4 * (5 * r9);
    c = d3 >>> 13;
    d3 &= 8191;
    d3 += h5 * (5 * r8) + h6 * (5 * r7) + h7 * (5 * r6) + h8 * (5 * r5) + h9 * (5 * r4);
    c += d3 >>> 13;
    d3 &= 8191;
    let d4 = c + h0 * r4 + h1 * r3 + h2 * r2 + h3 * r1 + h4 * r0;
    c = d4 >>> 13;
    d4 &= 8191;
    d4 += h5 * (5 * r9) + h6 * (5 * r8) + h7 * (5 * r7) + h8 * (5 * r6) + h9 * (5 * r5);
    c += d4 >>> 13;
    d4 &= 8191;
    let d5 = c + h0 * r5 + h1 * r4 + h2 * r3 + h3 * r2 + h4 * r1;
    c = d5 >>> 13;
    d5 &= 8191;
    d5 += h5 * r0 + h6 * (5 * r9) + h7 * (5 * r8) + h8 * (5 * r7) + h9 * (5 * r6);
    c += d5 >>> 13;
    d5 &= 8191;
    let d6 = c + h0 * r6 + h1 * r5 + h2 * r4 + h3 * r3 + h4 * r2;
    c = d6 >>> 13;
    d6 &= 8191;
    d6 += h5 * r1 + h6 * r0 + h7 * (5 * r9) + h8 * (5 * r8) + h9 * (5 * r7);
    c += d6 >>> 13;
    d6 &= 8191;
    let d7 = c + h0 * r7 + h1 * r6 + h2 * r5 + h3 * r4 + h4 * r3;
    c = d7 >>> 13;
    d7 &= 8191;
    d7 += h5 * r2 + h6 * r1 + h7 * r0 + h8 * (5 * r9) + h9 * (5 * r8);
    c += d7 >>> 13;
    d7 &= 8191;
    let d8 = c + h0 * r8 + h1 * r7 + h2 * r6 + h3 * r5 + h4 * r4;
    c = d8 >>> 13;
    d8 &= 8191;
    d8 += h5 * r3 + h6 * r2 + h7 * r1 + h8 * r0 + h9 * (5 * r9);
    c += d8 >>> 13;
    d8 &= 8191;
    let d9 = c + h0 * r9 + h1 * r8 + h2 * r7 + h3 * r6 + h4 * r5;
    c = d9 >>> 13;
    d9 &= 8191;
    d9 += h5 * r4 + h6 * r3 + h7 * r2 + h8 * r1 + h9 * r0;
    c += d9 >>> 13;
    d9 &= 8191;
    c = (c << 2) + c | 0;
    c = c + d0 | 0;
    d0 = c & 8191;
    c = c >>> 13;
    d1 += c;
    h[0] = d0;
    h[1] = d1;
    h[2] = d2;
    h[3] = d3;
    h[4] = d4;
    h[5] = d5;
    h[6] = d6;
    h[7] = d7;
    h[8] = d8;
    h[9] = d9;
  }
  finalize() {
    const { h, pad: pad2 } = this;
    const g = new Uint16Array(10);
    let c = h[1] >>> 13;
    h[1] &= 8191;
    for (let i = 2; i < 10; i++) {
      h[i] += c;
      c = h[i] >>> 13;
      h[i] &= 8191;
    }
    h[0] += c * 5;
    c = h[0] >>> 13;
    h[0] &= 8191;
    h[1] += c;
    c = h[1] >>> 13;
    h[1] &= 8191;
    h[2] += c;
    g[0] = h[0] + 5;
    c = g[0] >>> 13;
    g[0] &= 8191;
    for (let i = 1; i < 10; i++) {
      g[i] = h[i] + c;
      c = g[i] >>> 13;
      g[i] &= 8191;
    }
    g[9] -= 1 << 13;
    let mask = (c ^ 1) - 1;
    for (let i = 0; i < 10; i++)
      g[i] &= mask;
    mask = ~mask;
    for (let i = 0; i < 10; i++)
      h[i] = h[i] & mask | g[i];
    h[0] = (h[0] | h[1] << 13) & 65535;
    h[1] = (h[1] >>> 3 | h[2] << 10) & 65535;
    h[2] = (h[2] >>> 6 | h[3] << 7) & 65535;
    h[3] = (h[3] >>> 9 | h[4] << 4) & 65535;
    h[4] = (h[4] >>> 12 | h[5] << 1 | h[6] << 14) & 65535;
    h[5] = (h[6] >>> 2 | h[7] << 11) & 65535;
    h[6] = (h[7] >>> 5 | h[8] << 8) & 65535;
    h[7] = (h[8] >>> 8 | h[9] << 5) & 65535;
    let f = h[0] + pad2[0];
    h[0] = f & 65535;
    for (let i = 1; i < 8; i++) {
      f = (h[i] + pad2[i] | 0) + (f >>> 16) | 0;
      h[i] = f & 65535;
    }
    clean2(g);
  }
  update(data) {
    aexists2(this);
    abytes3(data);
    data = copyBytes2(data);
    const { buffer, blockLen } = this;
    const len = data.length;
    for (let pos = 0; pos < len; ) {
      const take = Math.min(blockLen - this.pos, len - pos);
      if (take === blockLen) {
        for (; blockLen <= len - pos; pos += blockLen)
          this.process(data, pos);
        continue;
      }
      buffer.set(data.subarray(pos, pos + take), this.pos);
      this.pos += take;
      pos += take;
      if (this.pos === blockLen) {
        this.process(buffer, 0, false);
        this.pos = 0;
      }
    }
    return this;
  }
  destroy() {
    this.destroyed = true;
    clean2(this.h, this.r, this.buffer, this.pad);
  }
  digestInto(out) {
    aexists2(this);
    aoutput2(out, this);
    this.finished = true;
    const { buffer, h } = this;
    let { pos } = this;
    if (pos) {
      buffer[pos++] = 1;
      for (; pos < 16; pos++)
        buffer[pos] = 0;
      this.process(buffer, 0, true);
    }
    this.finalize();
    let opos = 0;
    for (let i = 0; i < 8; i++) {
      out[opos++] = h[i] >>> 0;
      out[opos++] = h[i] >>> 8;
    }
  }
  digest() {
    const { buffer, outputLen } = this;
    this.digestInto(buffer);
    const res = buffer.slice(0, outputLen);
    this.destroy();
    return res;
  }
};
var poly1305 = /* @__PURE__ */ wrapMacConstructor(32, (key) => new Poly1305(key));

// node_modules/@noble/ciphers/chacha.js
function chachaCore(s, k, n, out, cnt, rounds = 20) {
  let y00 = s[0], y01 = s[1], y02 = s[2], y03 = s[3], y04 = k[0], y05 = k[1], y06 = k[2], y07 = k[3], y08 = k[4], y09 = k[5], y10 = k[6], y11 = k[7], y12 = cnt, y13 = n[0], y14 = n[1], y15 = n[2];
  let x00 = y00, x01 = y01, x02 = y02, x03 = y03, x04 = y04, x05 = y05, x06 = y06, x07 = y07, x08 = y08, x09 = y09, x10 = y10, x11 = y11, x12 = y12, x13 = y13, x14 = y14, x15 = y15;
  for (let r = 0; r < rounds; r += 2) {
    x00 = x00 + x04 | 0;
    x12 = rotl(x12 ^ x00, 16);
    x08 = x08 + x12 | 0;
    x04 = rotl(x04 ^ x08, 12);
    x00 = x00 + x04 | 0;
    x12 = rotl(x12 ^ x00, 8);
    x08 = x08 + x12 | 0;
    x04 = rotl(x04 ^ x08, 7);
    x01 = x01 + x05 | 0;
    x13 = rotl(x13 ^ x01, 16);
    x09 = x09 + x13 | 0;
    x05 = rotl(x05 ^ x09, 12);
    x01 = x01 + x05 | 0;
    x13 = rotl(x13 ^ x01, 8);
    x09 = x09 + x13 | 0;
    x05 = rotl(x05 ^ x09, 7);
    x02 = x02 + x06 | 0;
    x14 = rotl(x14 ^ x02, 16);
    x10 = x10 + x14 | 0;
    x06 = rotl(x06 ^ x10, 12);
    x02 = x02 + x06 | 0;
    x14 = rotl(x14 ^ x02, 8);
    x10 = x10 + x14 | 0;
    x06 = rotl(x06 ^ x10, 7);
    x03 = x03 + x07 | 0;
    x15 = rotl(x15 ^ x03, 16);
    x11 = x11 + x15 | 0;
    x07 = rotl(x07 ^ x11, 12);
    x03 = x03 + x07 | 0;
    x15 = rotl(x15 ^ x03, 8);
    x11 = x11 + x15 | 0;
    x07 = rotl(x07 ^ x11, 7);
    x00 = x00 + x05 | 0;
    x15 = rotl(x15 ^ x00, 16);
    x10 = x10 + x15 | 0;
    x05 = rotl(x05 ^ x10, 12);
    x00 = x00 + x05 | 0;
    x15 = rotl(x15 ^ x00, 8);
    x10 = x10 + x15 | 0;
    x05 = rotl(x05 ^ x10, 7);
    x01 = x01 + x06 | 0;
    x12 = rotl(x12 ^ x01, 16);
    x11 = x11 + x12 | 0;
    x06 = rotl(x06 ^ x11, 12);
    x01 = x01 + x06 | 0;
    x12 = rotl(x12 ^ x01, 8);
    x11 = x11 + x12 | 0;
    x06 = rotl(x06 ^ x11, 7);
    x02 = x02 + x07 | 0;
    x13 = rotl(x13 ^ x02, 16);
    x08 = x08 + x13 | 0;
    x07 = rotl(x07 ^ x08, 12);
    x02 = x02 + x07 | 0;
    x13 = rotl(x13 ^ x02, 8);
    x08 = x08 + x13 | 0;
    x07 = rotl(x07 ^ x08, 7);
    x03 = x03 + x04 | 0;
    x14 = rotl(x14 ^ x03, 16);
    x09 = x09 + x14 | 0;
    x04 = rotl(x04 ^ x09, 12);
    x03 = x03 + x04 | 0;
    x14 = rotl(x14 ^ x03, 8);
    x09 = x09 + x14 | 0;
    x04 = rotl(x04 ^ x09, 7);
  }
  let oi = 0;
  out[oi++] = y00 + x00 | 0;
  out[oi++] = y01 + x01 | 0;
  out[oi++] = y02 + x02 | 0;
  out[oi++] = y03 + x03 | 0;
  out[oi++] = y04 + x04 | 0;
  out[oi++] = y05 + x05 | 0;
  out[oi++] = y06 + x06 | 0;
  out[oi++] = y07 + x07 | 0;
  out[oi++] = y08 + x08 | 0;
  out[oi++] = y09 + x09 | 0;
  out[oi++] = y10 + x10 | 0;
  out[oi++] = y11 + x11 | 0;
  out[oi++] = y12 + x12 | 0;
  out[oi++] = y13 + x13 | 0;
  out[oi++] = y14 + x14 | 0;
  out[oi++] = y15 + x15 | 0;
}
function hchacha(s, k, i, out) {
  const s2 = isLE ? s : swap32IfBE(s.slice(0, 4));
  const k2 = isLE ? k : swap32IfBE(k.slice(0, 8));
  const i2 = isLE ? i : swap32IfBE(i.slice(0, 4));
  const t = new Uint32Array(16);
  chachaCore(s2, k2, i2.subarray(1), t, i2[0]);
  let oi = 0;
  out[oi++] = t[0] - s2[0] | 0;
  out[oi++] = t[1] - s2[1] | 0;
  out[oi++] = t[2] - s2[2] | 0;
  out[oi++] = t[3] - s2[3] | 0;
  out[oi++] = t[12] - i2[0] | 0;
  out[oi++] = t[13] - i2[1] | 0;
  out[oi++] = t[14] - i2[2] | 0;
  out[oi++] = t[15] - i2[3] | 0;
  swap32IfBE(out);
  if (!isLE)
    clean2(s2, k2, i2);
  clean2(t);
}
var xchacha20 = /* @__PURE__ */ createCipher(chachaCore, {
  counterRight: false,
  counterLength: 8,
  extendNonceFn: hchacha,
  allowShortKeys: false
});
var ZEROS16 = /* @__PURE__ */ new Uint8Array(16);
var updatePadded = (h, msg) => {
  h.update(msg);
  const leftover = msg.length % 16;
  if (leftover)
    h.update(ZEROS16.subarray(leftover));
};
var ZEROS32 = /* @__PURE__ */ new Uint8Array(32);
function computeTag(fn, key, nonce, ciphertext, AAD) {
  if (AAD !== void 0)
    abytes3(AAD, void 0, "AAD");
  const authKey = fn(key, nonce, ZEROS32);
  const lengths = u64Lengths(ciphertext.length, AAD ? AAD.length : 0, true);
  const h = poly1305.create(authKey);
  if (AAD)
    updatePadded(h, AAD);
  updatePadded(h, ciphertext);
  h.update(lengths);
  const res = h.digest();
  clean2(authKey, lengths);
  return res;
}
var _poly1305_aead = (xorStream) => (key, nonce, AAD) => {
  const tagLength = 16;
  return {
    encrypt(plaintext, output) {
      const plength = plaintext.length;
      output = getOutput(plength + tagLength, output, false);
      output.set(plaintext);
      const oPlain = output.subarray(0, -tagLength);
      xorStream(key, nonce, oPlain, oPlain, 1);
      const tag = computeTag(xorStream, key, nonce, oPlain, AAD);
      output.set(tag, plength);
      clean2(tag);
      return output;
    },
    decrypt(ciphertext, output) {
      output = getOutput(ciphertext.length - tagLength, output, false);
      const data = ciphertext.subarray(0, -tagLength);
      const passedTag = ciphertext.subarray(-tagLength);
      const tag = computeTag(xorStream, key, nonce, data, AAD);
      if (!equalBytes(passedTag, tag)) {
        clean2(tag);
        throw new Error("invalid tag");
      }
      output.set(ciphertext.subarray(0, -tagLength));
      xorStream(key, nonce, output, output, 1);
      clean2(tag);
      return output;
    }
  };
};
var xchacha20poly1305 = /* @__PURE__ */ wrapCipher(
  { blockSize: 64, nonceLength: 24, tagLength: 16, withAAD: true },
  /* @__PURE__ */ _poly1305_aead(xchacha20)
);

// src/crypto/padding.ts
var SMALLEST_STEP = 64;
var MARK = 128;
function paddedLength(length) {
  const needed = length + 1;
  const exponent = Math.floor(Math.log2(needed));
  const kept = exponent === 0 ? 1 : Math.floor(Math.log2(exponent)) + 1;
  const step = Math.max(SMALLEST_STEP, 2 ** Math.max(0, exponent - kept));
  return Math.ceil(needed / step) * step;
}
function pad(body) {
  const padded = new Uint8Array(paddedLength(body.length));
  padded.set(body);
  padded[body.length] = MARK;
  return padded;
}
function unpad(padded) {
  let at = padded.length - 1;
  while (at >= 0 && padded[at] === 0) at--;
  if (at < 0 || padded[at] !== MARK || paddedLength(at) !== padded.length) throw new SealError("damaged", "The padding is wrong.");
  return padded.subarray(0, at);
}

// src/crypto/sealed-message.ts
var NONCE_BYTES = 24;
var TAG_BYTES = 16;
var SIGNATURE_BYTES = 64;
var SEAL_OVERHEAD = NONCE_BYTES + TAG_BYTES + SIGNATURE_BYTES;
var PURPOSES = {
  entry: utf8ToBytes("blockwire 1 entry\n"),
  presence: utf8ToBytes("blockwire 1 presence\n")
};
async function sealMessage(purpose, associated, body, contentKey, signer, random) {
  const nonce = random(NONCE_BYTES);
  const ciphertext = xchacha20poly1305(contentKey, nonce, associated).encrypt(pad(body));
  const signature = await signer.sign(concatBytes(PURPOSES[purpose], associated, nonce, ciphertext));
  return concatBytes(nonce, ciphertext, signature);
}
async function openMessage(purpose, associated, message, contentKey, author) {
  const signatureAt = signatureOffset(message);
  await check(purpose, associated, message, signatureAt, author);
  return decrypt(associated, message, signatureAt, contentKey);
}
function signatureOffset(message) {
  if (message.length < SEAL_OVERHEAD) throw new SealError("malformed", "A sealed message is too short.");
  return message.length - SIGNATURE_BYTES;
}
async function check(purpose, associated, message, signatureAt, author) {
  const signed = concatBytes(PURPOSES[purpose], associated, message.subarray(0, signatureAt));
  if (!await author.verify(signed, message.subarray(signatureAt))) {
    throw new SealError("forged", "A sealed message was not signed by the device that it names.");
  }
}
function decrypt(associated, message, signatureAt, contentKey) {
  try {
    return unpad(xchacha20poly1305(contentKey, message.subarray(0, NONCE_BYTES), associated).decrypt(message.subarray(NONCE_BYTES, signatureAt)));
  } catch (error) {
    if (error instanceof SealError) throw error;
    throw new SealError("damaged", "A sealed message does not open with this key.");
  }
}

// src/crypto/entry-seal.ts
async function sealEntry(header, body, contentKey, signer, random) {
  return concatBytes(header, await sealMessage("entry", header, body, contentKey, signer, random));
}
function openEntry(entry, headerLength, contentKey, author) {
  return openMessage("entry", entry.subarray(0, headerLength), entry.subarray(headerLength), contentKey, author);
}

// src/crypto/presence-seal.ts
function sealPresence(context, body, contentKey, signer, random) {
  return sealMessage("presence", associatedOf(context), body, contentKey, signer, random);
}
async function openPresence(context, message, contentKey, author) {
  return openMessage("presence", associatedOf(context), message, contentKey, author);
}
function associatedOf({ spaceId, deviceId, epoch }) {
  if (!/^[0-9a-f]{32}$/.test(spaceId) || !/^[0-9a-f]{32}$/.test(deviceId)) throw new SealError("malformed", "An identifier is not 16 bytes.");
  const epochBytes = new Uint8Array(4);
  new DataView(epochBytes.buffer).setUint32(0, epoch);
  return concatBytes(hexToBytes(spaceId), hexToBytes(deviceId), epochBytes);
}

// src/protocol/ids.ts
var ID_BYTES = 16;

// src/protocol/errors.ts
var ERROR_CODES = [
  "BAD_FRAME",
  "TOO_LARGE",
  "UNAUTHORIZED",
  "SESSION_EXPIRED",
  "UNKNOWN_SPACE",
  "BAD_TICKET",
  "BAD_SIGNATURE",
  "CLOCK_SKEW",
  "VERSION",
  "ORIGIN",
  "RATE_LIMITED",
  "SLOW_CONSUMER",
  "SPACE_FULL",
  "DISK_FULL",
  "SHUTTING_DOWN",
  "INTERNAL"
];
var ProtocolError = class extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
  code;
  name = "ProtocolError";
};

// src/protocol/limits.ts
var LIMITS = {
  /** One WebSocket message. */
  frame: 320 * 1024,
  /** One sealed entry; larger bodies travel in parts. */
  entry: 256 * 1024,
  entriesPerFrame: 4096,
  /** Parts of one large body. */
  parts: 1024,
  /** Devices of one space that a relay names in one frame. */
  devices: 256,
  /** UTF-8 bytes of an error's message. */
  errorMessage: 512,
  cursors: 8,
  aliasesPerRead: 64,
  presence: 8 * 1024,
  /** Entries that a device may have sent without an acknowledgement. */
  unacknowledged: 256,
  handshake: 5e3,
  /** A session lives this long after its last use. */
  session: 24 * 60 * 60 * 1e3,
  /** A signed request is accepted within this distance of the relay's clock. */
  clockSkew: 5 * 60 * 1e3,
  pairingLink: 300,
  requestBody: 4 * 1024
};

// src/protocol/hex.ts
var BYTE_TO_HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
function toHex(bytes2, from = 0, to = bytes2.length) {
  let text = "";
  for (let i = from; i < to; i++) text += BYTE_TO_HEX[bytes2[i]];
  return text;
}
function writeHex(text, target2, offset) {
  for (let i = 0; i + 1 < text.length; i += 2) {
    target2[offset + (i >> 1)] = digit(text.charCodeAt(i)) << 4 | digit(text.charCodeAt(i + 1));
  }
}
function digit(code) {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 97 + 10;
  throw new ProtocolError("BAD_FRAME", "Not a lower-case hexadecimal digit.");
}

// src/protocol/wire-reader.ts
var UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
var WireReader = class {
  constructor(bytes2) {
    this.bytes = bytes2;
  }
  bytes;
  at = 0;
  byte() {
    const value = this.bytes[this.at];
    if (value === void 0) throw malformed("it ends too early");
    this.at++;
    return value;
  }
  boolean() {
    const value = this.byte();
    if (value > 1) throw malformed("a boolean is neither 0 nor 1");
    return value === 1;
  }
  /** Base 128 in its shortest form, at most 2^53 - 1. */
  uint() {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) {
        if (byte === 0 && i > 0) throw malformed("a number is not in its shortest form");
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      scale *= 128;
    }
    throw malformed("a number is above 2^53 - 1");
  }
  /** A number of items, each at least `itemBytes` long: never more than could still follow. */
  count(limit2, itemBytes) {
    const count = this.uint();
    if (count > limit2) throw new ProtocolError("TOO_LARGE", `More than ${limit2} items in one list.`);
    if (count * itemBytes > this.bytes.length - this.at) throw malformed("a list is longer than the bytes that follow");
    return count;
  }
  /** One identifier as 32 hexadecimal digits; the caller knows which kind it is. */
  id() {
    const end = this.at + ID_BYTES;
    if (end > this.bytes.length) throw malformed("it ends too early");
    const text = toHex(this.bytes, this.at, end);
    this.at = end;
    return text;
  }
  /** A view into the input, not a copy. */
  blob(limit2) {
    const length = this.uint();
    if (length > limit2) throw new ProtocolError("TOO_LARGE", `A byte string is longer than ${limit2} bytes.`);
    const end = this.at + length;
    if (end > this.bytes.length) throw malformed("it ends too early");
    const view = this.bytes.subarray(this.at, end);
    this.at = end;
    return view;
  }
  text(limit2) {
    const bytes2 = this.blob(limit2);
    try {
      return UTF8.decode(bytes2);
    } catch {
      throw malformed("a text is not UTF-8");
    }
  }
  /** @throws ProtocolError if anything is left */
  end() {
    if (this.at !== this.bytes.length) throw malformed("bytes are left over at its end");
  }
};
function malformed(what) {
  return new ProtocolError("BAD_FRAME", `Malformed: ${what}.`);
}

// src/protocol/wire-writer.ts
var UTF82 = new TextEncoder();
var WireWriter = class {
  bytes;
  length = 0;
  /** @param capacity an estimate of the final size in bytes; a good one saves copying */
  constructor(capacity = 64) {
    this.bytes = new Uint8Array(capacity);
  }
  byte(value) {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }
  boolean(value) {
    this.byte(value ? 1 : 0);
  }
  /** Little-endian base 128, shortest form. @throws ProtocolError unless a safe integer from 0 */
  uint(value) {
    if (!Number.isSafeInteger(value) || value < 0) throw new ProtocolError("BAD_FRAME", "A number is not a safe integer from 0.");
    this.reserve(8);
    let rest = value;
    while (rest > 127) {
      this.bytes[this.length++] = rest % 128 | 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.length++] = rest;
  }
  /** One identifier, 16 raw bytes. @throws ProtocolError unless 32 lower-case hexadecimal digits */
  id(id) {
    if (id.length !== 2 * ID_BYTES) throw new ProtocolError("BAD_FRAME", "An identifier is not 16 bytes.");
    this.reserve(ID_BYTES);
    writeHex(id, this.bytes, this.length);
    this.length += ID_BYTES;
  }
  /** Length, then the bytes. @throws ProtocolError TOO_LARGE above `limit` */
  blob(value, limit2) {
    if (value.length > limit2) throw new ProtocolError("TOO_LARGE", `A byte string is longer than ${limit2} bytes.`);
    this.uint(value.length);
    this.reserve(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }
  /** As `blob`, of UTF-8. Lone surrogates become U+FFFD. */
  text(value, limit2) {
    this.blob(UTF82.encode(value), limit2);
  }
  /** The bytes written so far: a view, valid as long as nothing more is written. */
  finish() {
    return this.bytes.subarray(0, this.length);
  }
  reserve(size) {
    const needed = this.length + size;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
};

// src/protocol/client-frame-codec.ts
var TYPE = { open: 1, append: 2, read: 3, lease: 4, confirm: 5, presence: 6, visible: 7 };
var PREFIX_BYTES = 4;
function encodeClientFrame(frame) {
  const writer = new WireWriter(frame.type === "append" ? appendSize(frame.entries) : 64);
  writer.byte(TYPE[frame.type]);
  switch (frame.type) {
    case "open":
      limit(frame.cursors.length, LIMITS.cursors);
      writer.uint(frame.cursors.length);
      for (const cursor of frame.cursors) writeCursor(writer, cursor);
      writer.boolean(frame.visible);
      return writer;
    case "append":
      if (frame.entries.length === 0) throw malformed("an append without entries");
      limit(frame.entries.length, LIMITS.entriesPerFrame);
      writer.uint(frame.entries.length);
      for (const entry of frame.entries) writer.blob(entry, LIMITS.entry);
      return writer;
    case "read":
      writer.uint(frame.request);
      writer.uint(frame.after);
      writer.boolean(frame.compact);
      if (frame.aliases === null) {
        writer.uint(0);
      } else {
        limit(frame.aliases.length, LIMITS.aliasesPerRead);
        writer.uint(frame.aliases.length + 1);
        for (const alias of frame.aliases) writer.id(alias);
      }
      return writer;
    case "lease":
      writer.id(frame.alias);
      return writer;
    case "confirm":
      writer.id(frame.alias);
      writer.uint(frame.sequence);
      return writer;
    case "presence":
      writer.blob(frame.bytes, LIMITS.presence);
      return writer;
    case "visible":
      writer.boolean(frame.visible);
      return writer;
  }
}
function decodeClientFrameBody(reader) {
  const type = reader.byte();
  switch (type) {
    case TYPE.open: {
      const cursors2 = [];
      const count = reader.count(LIMITS.cursors, 1 + ID_BYTES);
      for (let i = 0; i < count; i++) cursors2.push(readCursor(reader));
      return { type: "open", cursors: cursors2, visible: reader.boolean() };
    }
    case TYPE.append: {
      const entries2 = [];
      const count = reader.count(LIMITS.entriesPerFrame, 1);
      if (count === 0) throw malformed("an append without entries");
      for (let i = 0; i < count; i++) entries2.push(reader.blob(LIMITS.entry));
      return { type: "append", entries: entries2 };
    }
    case TYPE.read: {
      const request = reader.uint();
      const after = reader.uint();
      const compact = reader.boolean();
      const count = reader.uint();
      if (count === 0) return { type: "read", request, after, compact, aliases: null };
      if (count - 1 > LIMITS.aliasesPerRead) throw tooMany(LIMITS.aliasesPerRead);
      const aliases = [];
      for (let i = 1; i < count; i++) aliases.push(reader.id());
      return { type: "read", request, after, compact, aliases };
    }
    case TYPE.lease:
      return { type: "lease", alias: reader.id() };
    case TYPE.confirm:
      return { type: "confirm", alias: reader.id(), sequence: reader.uint() };
    case TYPE.presence:
      return { type: "presence", bytes: reader.blob(LIMITS.presence) };
    case TYPE.visible:
      return { type: "visible", visible: reader.boolean() };
    default:
      throw malformed("an unknown type of client frame");
  }
}
function writeCursor(writer, cursor) {
  writer.uint(cursor.sequence);
  writer.id(cursor.digest);
}
function readCursor(reader) {
  return { sequence: reader.uint(), digest: reader.id() };
}
function limit(count, most) {
  if (count > most) throw tooMany(most);
}
function tooMany(most) {
  return new ProtocolError("TOO_LARGE", `More than ${most} items in one list.`);
}
function appendSize(entries2) {
  let size = 8;
  for (const entry of entries2) size += entry.length + PREFIX_BYTES;
  return size;
}

// src/protocol/relay-frame-codec.ts
var TYPE2 = {
  welcome: 65,
  appended: 66,
  entries: 67,
  page: 68,
  leased: 69,
  presence: 70,
  peers: 71,
  error: 72
};
var LANES = ["live", "bulk"];
var STATUSES = ["stored", "duplicate", "conflict", "gap"];
var STORED_ENTRY_OVERHEAD = 12;
function isRelayFrame(frame) {
  switch (frame.type) {
    case "welcome":
    case "appended":
    case "entries":
    case "page":
    case "leased":
    case "peers":
    case "error":
      return true;
    case "presence":
      return "device" in frame;
    default:
      frame;
      return false;
  }
}
function encodeRelayFrame(frame) {
  const writer = new WireWriter(frame.type === "entries" || frame.type === "page" ? entriesSize(frame.entries) : 128);
  writer.byte(TYPE2[frame.type]);
  switch (frame.type) {
    case "welcome":
      writer.uint(frame.head);
      writer.uint(frame.match);
      writeLanes(writer, frame.lanes);
      writePeers(writer, frame.peers);
      return writer;
    case "appended":
      limit(frame.results.length, LIMITS.entriesPerFrame);
      writer.uint(frame.results.length);
      for (const result of frame.results) writeResult(writer, result);
      return writer;
    case "entries":
      writeEntries(writer, frame.entries);
      return writer;
    case "page":
      writer.uint(frame.request);
      writer.boolean(frame.done);
      writer.boolean(frame.through !== null);
      if (frame.through !== null) writeCursor(writer, frame.through);
      writeEntries(writer, frame.entries);
      return writer;
    case "leased":
      writer.id(frame.alias);
      writer.boolean(frame.granted);
      return writer;
    case "presence":
      writer.id(frame.device);
      writer.blob(frame.bytes, LIMITS.presence);
      return writer;
    case "peers":
      writePeers(writer, frame.peers);
      return writer;
    case "error":
      writer.byte(ERROR_CODES.indexOf(frame.code));
      writer.text(frame.message, LIMITS.errorMessage);
      return writer;
  }
}
function decodeRelayFrameBody(reader) {
  const type = reader.byte();
  switch (type) {
    case TYPE2.welcome:
      return { type: "welcome", head: reader.uint(), match: reader.uint(), lanes: readLanes(reader), peers: readPeers(reader) };
    case TYPE2.appended: {
      const results2 = [];
      const count = reader.count(LIMITS.entriesPerFrame, 2);
      for (let i = 0; i < count; i++) results2.push(readResult(reader));
      return { type: "appended", results: results2 };
    }
    case TYPE2.entries:
      return { type: "entries", entries: readEntries(reader) };
    case TYPE2.page: {
      const request = reader.uint();
      const done = reader.boolean();
      const through = reader.boolean() ? readCursor(reader) : null;
      return { type: "page", request, entries: readEntries(reader), through, done };
    }
    case TYPE2.leased:
      return { type: "leased", alias: reader.id(), granted: reader.boolean() };
    case TYPE2.presence:
      return { type: "presence", device: reader.id(), bytes: reader.blob(LIMITS.presence) };
    case TYPE2.peers:
      return { type: "peers", peers: readPeers(reader) };
    case TYPE2.error: {
      const code = ERROR_CODES[reader.byte()];
      if (code === void 0) throw malformed("an unknown error code");
      return { type: "error", code, message: reader.text(LIMITS.errorMessage) };
    }
    default:
      throw malformed("an unknown type of relay frame");
  }
}
function writeEntries(writer, entries2) {
  limit(entries2.length, LIMITS.entriesPerFrame);
  writer.uint(entries2.length);
  let last = 0;
  for (const entry of entries2) {
    if (entry.sequence <= last) throw malformed("entries are not in ascending order");
    last = entry.sequence;
    writer.uint(entry.sequence);
    writer.blob(entry.bytes, LIMITS.entry);
  }
}
function readEntries(reader) {
  const entries2 = [];
  const count = reader.count(LIMITS.entriesPerFrame, 2);
  let last = 0;
  for (let i = 0; i < count; i++) {
    const sequence = reader.uint();
    if (sequence <= last) throw malformed("entries are not in ascending order");
    last = sequence;
    entries2.push({ sequence, bytes: reader.blob(LIMITS.entry) });
  }
  return entries2;
}
function writeResult(writer, result) {
  writer.byte(STATUSES.indexOf(result.status) * LANES.length + LANES.indexOf(result.lane));
  writer.uint(result.counter);
  if (result.status === "gap") writer.uint(result.expected);
  else if (result.status !== "conflict") writer.uint(result.sequence);
}
function readResult(reader) {
  const code = reader.byte();
  const status = STATUSES[Math.floor(code / LANES.length)];
  const lane = LANES[code % LANES.length];
  if (status === void 0 || lane === void 0) throw malformed("an unknown append result");
  const counter = reader.uint();
  switch (status) {
    case "stored":
    case "duplicate":
      return { status, lane, counter, sequence: reader.uint() };
    case "conflict":
      return { status, lane, counter };
    case "gap":
      return { status, lane, counter, expected: reader.uint() };
  }
}
function writeLanes(writer, heads) {
  if (heads.length !== LANES.length) throw malformed("a welcome names each lane once");
  for (const lane of LANES) {
    const head = heads.find((candidate) => candidate.lane === lane);
    if (head === void 0) throw malformed("a welcome names each lane once");
    writer.uint(head.counter);
    writer.id(head.digest);
  }
}
function readLanes(reader) {
  return LANES.map((lane) => ({ lane, counter: reader.uint(), digest: reader.id() }));
}
function writePeers(writer, peers2) {
  limit(peers2.connected.length, LIMITS.devices);
  const visible = new Set(peers2.visible);
  const seen = /* @__PURE__ */ new Set();
  writer.uint(peers2.connected.length);
  for (const device of peers2.connected) {
    if (seen.has(device)) throw malformed("a device is named twice");
    seen.add(device);
    writer.id(device);
    writer.boolean(visible.delete(device));
  }
  if (visible.size > 0) throw malformed("a device is visible but not connected");
}
function readPeers(reader) {
  const connected = [];
  const visible = [];
  const seen = /* @__PURE__ */ new Set();
  const count = reader.count(LIMITS.devices, ID_BYTES + 1);
  for (let i = 0; i < count; i++) {
    const device = reader.id();
    if (seen.has(device)) throw malformed("a device is named twice");
    seen.add(device);
    connected.push(device);
    if (reader.boolean()) visible.push(device);
  }
  return { connected, visible };
}
function entriesSize(entries2) {
  let size = 64;
  for (const entry of entries2) size += entry.bytes.length + STORED_ENTRY_OVERHEAD;
  return size;
}

// src/protocol/codec.ts
function encodeFrame(frame) {
  const bytes2 = (isRelayFrame(frame) ? encodeRelayFrame(frame) : encodeClientFrame(frame)).finish();
  if (bytes2.length > LIMITS.frame) throw tooLarge();
  return bytes2;
}
function decodeClientFrame(bytes2) {
  return decode(bytes2, decodeClientFrameBody);
}
function decodeRelayFrame(bytes2) {
  return decode(bytes2, decodeRelayFrameBody);
}
function decode(bytes2, read) {
  if (bytes2.length > LIMITS.frame) throw tooLarge();
  const reader = new WireReader(bytes2);
  const frame = read(reader);
  reader.end();
  return frame;
}
function tooLarge() {
  return new ProtocolError("TOO_LARGE", `A frame is larger than ${LIMITS.frame} bytes.`);
}

// src/protocol/entry-codec.ts
var AT = {
  suite: 0,
  kind: 1,
  lane: 2,
  space: 3,
  device: 19,
  alias: 35,
  previous: 51,
  epoch: 67,
  counter: 71,
  covers: 79,
  part: 87,
  parts: 89
};
var HEADER_BYTES = 91;
var NONCE_BYTES2 = 24;
var TAG_BYTES2 = 16;
var SIGNATURE_BYTES2 = 64;
var ENTRY_OVERHEAD = HEADER_BYTES + NONCE_BYTES2 + TAG_BYTES2 + SIGNATURE_BYTES2;
var KINDS = ["update", "snapshot"];
var LANES2 = ["live", "bulk"];
function encodeHeader(header) {
  checkHeader(header);
  const bytes2 = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes2.buffer);
  bytes2[AT.suite] = header.suite;
  bytes2[AT.kind] = KINDS.indexOf(header.kind);
  bytes2[AT.lane] = LANES2.indexOf(header.lane);
  writeId(header.space, bytes2, AT.space);
  writeId(header.device, bytes2, AT.device);
  writeId(header.alias, bytes2, AT.alias);
  writeId(header.previous, bytes2, AT.previous);
  view.setUint32(AT.epoch, header.epoch);
  view.setBigUint64(AT.counter, BigInt(header.counter));
  view.setBigUint64(AT.covers, BigInt(header.covers));
  view.setUint16(AT.part, header.part);
  view.setUint16(AT.parts, header.parts);
  return bytes2;
}
function readEntryHeader(entry) {
  if (entry.length > LIMITS.entry) throw new ProtocolError("TOO_LARGE", `An entry is larger than ${LIMITS.entry} bytes.`);
  if (entry.length === 0) throw malformed("an entry is empty");
  if (entry[AT.suite] !== 1) {
    throw new ProtocolError("VERSION", "An entry was sealed by a newer Blockwire; update this one to read it.");
  }
  if (entry.length < ENTRY_OVERHEAD) throw malformed("an entry ends too early");
  const view = new DataView(entry.buffer, entry.byteOffset, HEADER_BYTES);
  const kind = KINDS[view.getUint8(AT.kind)];
  const lane = LANES2[view.getUint8(AT.lane)];
  if (kind === void 0 || lane === void 0) throw malformed("an entry has an unknown kind or lane");
  const header = {
    suite: 1,
    kind,
    space: readId(entry, AT.space),
    epoch: view.getUint32(AT.epoch),
    device: readId(entry, AT.device),
    lane,
    counter: readInteger(view, AT.counter),
    previous: readId(entry, AT.previous),
    alias: readId(entry, AT.alias),
    covers: readInteger(view, AT.covers),
    part: view.getUint16(AT.part),
    parts: view.getUint16(AT.parts)
  };
  checkHeader(header);
  return header;
}
function readEntry(entry) {
  const header = readEntryHeader(entry);
  const signatureAt = entry.length - SIGNATURE_BYTES2;
  return {
    header,
    headerBytes: entry.subarray(0, HEADER_BYTES),
    nonce: entry.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES2),
    ciphertext: entry.subarray(HEADER_BYTES + NONCE_BYTES2, signatureAt),
    signed: entry.subarray(0, signatureAt),
    signature: entry.subarray(signatureAt)
  };
}
function checkHeader(header) {
  if (header.suite !== 1) throw new ProtocolError("VERSION", "An entry has a suite that this program does not know.");
  if (!isInteger(header.epoch, 4294967295)) throw malformed("an epoch is out of range");
  if (!isInteger(header.counter, Number.MAX_SAFE_INTEGER) || header.counter < 1) throw malformed("a counter is out of range");
  if (!isInteger(header.covers, Number.MAX_SAFE_INTEGER)) throw malformed("what an entry covers is out of range");
  if (header.kind === "update" && header.covers !== 0) throw malformed("an update covers nothing");
  if (!isInteger(header.parts, LIMITS.parts) || header.parts < 1) throw malformed("a number of parts is out of range");
  if (!isInteger(header.part, header.parts - 1)) throw malformed("a part is out of range");
}
function isInteger(value, most) {
  return Number.isSafeInteger(value) && value >= 0 && value <= most;
}
function writeId(id, target2, offset) {
  if (id.length !== 2 * ID_BYTES) throw malformed("an identifier is not 16 bytes");
  writeHex(id, target2, offset);
}
function readId(bytes2, offset) {
  return toHex(bytes2, offset, offset + ID_BYTES);
}
function readInteger(view, offset) {
  const high = view.getUint32(offset);
  if (high > 2097151) throw malformed("a number is above 2^53 - 1");
  return high * 4294967296 + view.getUint32(offset + 4);
}

// src/protocol/base64url.ts
var ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
var VALUES = new Map([...ALPHABET].map((character, value) => [character, value]));
function toBase64Url(bytes2) {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes2) {
    held = held << 8 | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += ALPHABET.charAt(held >> bits & 63);
    }
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + ALPHABET.charAt(held << 6 - bits & 63);
}
function fromBase64Url(text, length) {
  if (text.length !== Math.ceil(length * 4 / 3)) throw new ProtocolError("BAD_FRAME", `Not the base64url of ${length} bytes.`);
  const bytes2 = new Uint8Array(length);
  let at = 0;
  let bits = 0;
  let held = 0;
  for (const character of text) {
    const value = VALUES.get(character);
    if (value === void 0) throw new ProtocolError("BAD_FRAME", "Not base64url.");
    held = held << 6 | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes2[at++] = held >> bits;
      held &= (1 << bits) - 1;
    }
  }
  if (held !== 0) throw new ProtocolError("BAD_FRAME", "Not the shortest base64url.");
  return bytes2;
}

// src/protocol/json-object.ts
var JsonObject = class {
  members;
  /** @throws ProtocolError TOO_LARGE above LIMITS.requestBody, BAD_FRAME unless an object with exactly `names` */
  constructor(body, names) {
    if (body.length > LIMITS.requestBody) throw new ProtocolError("TOO_LARGE", `A body is larger than ${LIMITS.requestBody} bytes.`);
    let value;
    try {
      value = JSON.parse(body);
    } catch {
      throw new ProtocolError("BAD_FRAME", "The body is not JSON.");
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new ProtocolError("BAD_FRAME", "The body is not a JSON object.");
    this.members = new Map(Object.entries(value));
    for (const name of names) if (!this.members.has(name)) throw new ProtocolError("BAD_FRAME", `The body lacks "${name}".`);
    if (this.members.size !== names.length) throw new ProtocolError("BAD_FRAME", "The body has a member that it should not have.");
  }
  string(name) {
    const value = this.members.get(name);
    if (typeof value !== "string") throw new ProtocolError("BAD_FRAME", `"${name}" is not a string.`);
    return value;
  }
  /** A safe integer from 0. */
  integer(name) {
    const value = this.members.get(name);
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw new ProtocolError("BAD_FRAME", `"${name}" is not an integer from 0.`);
    return value;
  }
  id(name) {
    const value = this.string(name);
    if (value.length !== 2 * ID_BYTES || !/^[0-9a-f]+$/.test(value)) throw new ProtocolError("BAD_FRAME", `"${name}" is not an identifier.`);
    return value;
  }
  bytes(name, length) {
    try {
      return fromBase64Url(this.string(name), length);
    } catch {
      throw new ProtocolError("BAD_FRAME", `"${name}" is not the base64url of ${length} bytes.`);
    }
  }
  /** As `bytes`, left as its text. */
  encoded(name, length) {
    this.bytes(name, length);
    return this.string(name);
  }
};

// src/protocol/requests.ts
var KEY_BYTES = 32;
var SIGNATURE_LENGTH = 64;
var TICKET_BYTES = 16;
var NONCE_LENGTH = 16;
function encodeFound(request) {
  return JSON.stringify({
    ticket: request.ticket,
    space: request.space,
    deviceKey: toBase64Url(request.deviceKey),
    admissionKey: toBase64Url(request.admissionKey),
    time: request.time,
    signature: toBase64Url(request.signature)
  });
}
function decodeFound(body) {
  const object = new JsonObject(body, ["ticket", "space", "deviceKey", "admissionKey", "time", "signature"]);
  return {
    ticket: object.encoded("ticket", TICKET_BYTES),
    space: object.id("space"),
    deviceKey: object.bytes("deviceKey", KEY_BYTES),
    admissionKey: object.bytes("admissionKey", KEY_BYTES),
    time: object.integer("time"),
    signature: object.bytes("signature", SIGNATURE_LENGTH)
  };
}
function encodeJoin(request) {
  return JSON.stringify({
    space: request.space,
    deviceKey: toBase64Url(request.deviceKey),
    time: request.time,
    signature: toBase64Url(request.signature),
    admission: toBase64Url(request.admission)
  });
}
function decodeJoin(body) {
  const object = new JsonObject(body, ["space", "deviceKey", "time", "signature", "admission"]);
  return {
    space: object.id("space"),
    deviceKey: object.bytes("deviceKey", KEY_BYTES),
    time: object.integer("time"),
    signature: object.bytes("signature", SIGNATURE_LENGTH),
    admission: object.bytes("admission", SIGNATURE_LENGTH)
  };
}
function encodeSession(request) {
  return JSON.stringify({
    space: request.space,
    device: request.device,
    time: request.time,
    nonce: toBase64Url(request.nonce),
    signature: toBase64Url(request.signature)
  });
}
function decodeSession(body) {
  const object = new JsonObject(body, ["space", "device", "time", "nonce", "signature"]);
  return {
    space: object.id("space"),
    device: object.id("device"),
    time: object.integer("time"),
    nonce: object.bytes("nonce", NONCE_LENGTH),
    signature: object.bytes("signature", SIGNATURE_LENGTH)
  };
}

// src/protocol/answers.ts
var TOKEN_BYTES = 32;
function encodeAnswer(answer) {
  return JSON.stringify(answer);
}
function decodeAccepted(body) {
  return { now: new JsonObject(body, ["now"]).integer("now") };
}
function decodeSessionAnswer(body) {
  const object = new JsonObject(body, ["token", "expiresIn", "now"]);
  return { token: object.encoded("token", TOKEN_BYTES), expiresIn: object.integer("expiresIn"), now: object.integer("now") };
}
function decodeErrorAnswer(body) {
  const object = new JsonObject(body, ["code", "message", "now"]);
  const code = object.string("code");
  if (!isErrorCode(code)) throw new ProtocolError("BAD_FRAME", "An error code that is not in the list.");
  return { code, message: object.string("message"), now: object.integer("now") };
}
function isErrorCode(code) {
  return ERROR_CODES.includes(code);
}

// src/protocol/relay-url.ts
function parseRelayUrl(text) {
  const trimmed = text.trim();
  let url;
  try {
    url = new URL(trimmed);
  } catch {
    throw bad(
      /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? "The relay address is incomplete." : "The relay address must start with https:// (or http:// on this computer)."
    );
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw bad("The relay address must start with https:// (or http:// on this computer).");
  }
  if (url.username !== "" || url.password !== "") throw bad("The relay address must not hold a user name or password.");
  if (url.search !== "" || url.hash !== "" || /[?#]/.test(trimmed)) throw bad('The relay address must not hold a "?" or "#".');
  return url.origin + url.pathname.replace(/\/+$/, "");
}
function bad(message) {
  return new ProtocolError("BAD_FRAME", message);
}

// src/protocol/link.ts
var LinkError = class extends ProtocolError {
  constructor(reason, message) {
    super(CODES[reason] ?? "BAD_FRAME", message);
    this.reason = reason;
  }
  reason;
};
var CODES = { version: "VERSION", "too-long": "TOO_LARGE" };
var SECRET_BYTES2 = 32;
var RELAYS = ["r", "r2", "r3"];
function formatLink(link) {
  if (link.type === "setup") {
    return bounded(`obsidian://blockwire?v=1${relayParameters([link.relay])}&t=${toBase64Url(bytesOf(link.ticket, TICKET_BYTES))}`);
  }
  if (link.secret.length !== SECRET_BYTES2 || link.epochSecret !== null && link.epochSecret.length !== SECRET_BYTES2) {
    throw new LinkError("damaged", "A secret must be 32 bytes.");
  }
  if (!isEpoch(link.epoch) || link.epoch === 0 !== (link.epochSecret === null)) {
    throw new LinkError("damaged", "Exactly the epochs after the first have a secret of their own.");
  }
  const own = link.epochSecret === null ? "" : `&n=${toBase64Url(link.epochSecret)}`;
  return bounded(`obsidian://blockwire?v=1${relayParameters(link.relays)}&e=${link.epoch}&k=${toBase64Url(link.secret)}${own}`);
}
function parseLink(pasted) {
  if (pasted.length > 4 * LIMITS.pairingLink) throw tooLong();
  const text = pasted.replace(/\s+/g, "").replace(/^[<"'`([]+/, "").replace(/[>"'`)\]]+$/, "");
  if (text === "") throw new LinkError("not-a-link", "There is no link yet. Paste the whole link that starts with obsidian://blockwire.");
  if (/^https?:/i.test(text)) {
    throw new LinkError("web-link", "This is a web address. A Blockwire link starts with obsidian://blockwire; copy it from the relay or from a device.");
  }
  const match = /^obsidian:\/\/([^/?#]*)\/?(?:\?([^#]*))?/i.exec(text);
  if (match === null) throw new LinkError("not-a-link", "This is not a Blockwire link. It starts with obsidian://blockwire.");
  if (match[1]?.toLowerCase() !== "blockwire") throw new LinkError("other-action", "This link is for Obsidian, but not for Blockwire.");
  if (text.length > LIMITS.pairingLink) throw tooLong();
  const parameters = {};
  for (const pair of (match[2] ?? "").split("&")) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    const name = at < 0 ? pair : pair.slice(0, at);
    if (Object.hasOwn(parameters, name)) throw damaged();
    Object.defineProperty(parameters, name, { value: decodeParameter(at < 0 ? "" : pair.slice(at + 1)), enumerable: true });
  }
  return parseLinkParameters(parameters);
}
function parseLinkParameters(parameters) {
  const get = (name) => Object.hasOwn(parameters, name) ? parameters[name] : void 0;
  const version = get("v");
  if (version === void 0) throw incomplete();
  if (version !== "1") {
    if (!/^[0-9]{1,4}$/.test(version)) throw damaged();
    throw new LinkError("version", "This link was made by another version of Blockwire. Update Blockwire on both devices, then make a new link.");
  }
  const ticket = get("t");
  const secret = get("k");
  const relays = RELAYS.map(get).filter((relay) => relay !== void 0);
  if (ticket !== void 0 && secret !== void 0) throw damaged();
  if (ticket !== void 0) {
    if (relays[0] === void 0) throw incomplete();
    return { type: "setup", ticket: toBase64Url(bytesOf(ticket, TICKET_BYTES)), relay: relayOf(relays[0]) };
  }
  const epochText = get("e");
  if (secret === void 0 || epochText === void 0 || relays.length === 0) throw incomplete();
  const epoch = /^(0|[1-9][0-9]{0,9})$/.test(epochText) ? Number(epochText) : -1;
  if (!isEpoch(epoch)) throw damaged();
  const own = get("n");
  if (epoch > 0 && own === void 0) throw incomplete();
  if (epoch === 0 && own !== void 0) throw damaged();
  return {
    type: "pairing",
    secret: bytesOf(secret, SECRET_BYTES2),
    epoch,
    epochSecret: own === void 0 ? null : bytesOf(own, SECRET_BYTES2),
    relays: relays.map(relayOf)
  };
}
function relayParameters(relays) {
  if (relays.length < 1 || relays.length > RELAYS.length) throw new LinkError("relay", "A link names one to three relay addresses.");
  return relays.map((relay, i) => `&${RELAYS[i]}=${encodeParameter(relayOf(relay))}`).join("");
}
function encodeParameter(value) {
  return encodeURIComponent(value).replace(/%3A/g, ":").replace(/%2F/g, "/");
}
function decodeParameter(value) {
  try {
    return decodeURIComponent(value);
  } catch {
    throw damaged();
  }
}
function bytesOf(text, length) {
  if (text.length < Math.ceil(length * 4 / 3)) throw incomplete();
  try {
    return fromBase64Url(text, length);
  } catch {
    throw damaged();
  }
}
function relayOf(text) {
  try {
    return parseRelayUrl(text);
  } catch (error) {
    if (error instanceof ProtocolError) throw new LinkError("relay", error.message);
    throw error;
  }
}
function bounded(link) {
  if (link.length > LIMITS.pairingLink) throw tooLong();
  return link;
}
function isEpoch(epoch) {
  return Number.isSafeInteger(epoch) && epoch >= 0 && epoch <= 4294967295;
}
function incomplete() {
  return new LinkError("incomplete", "The link is cut off. Copy the whole of it, up to its last character.");
}
function damaged() {
  return new LinkError("damaged", "The link has a character too many or a wrong one. Copy it again, or scan the QR code.");
}
function tooLong() {
  return new LinkError("too-long", `A link has at most ${LIMITS.pairingLink} characters. Use a shorter relay address, or fewer of them.`);
}

// src/protocol/error-meanings.ts
var SAFE = "Your notes are untouched and your edits are kept on this device.";
var ERROR_MEANINGS = {
  BAD_FRAME: {
    retry: "no",
    sentence: "The relay did not understand this device.",
    hint: `${SAFE} Update Blockwire here and on the relay; if it stays, report it.`
  },
  TOO_LARGE: {
    retry: "correct",
    sentence: "Something was too large to send in one piece.",
    hint: `${SAFE} If it stays, a block is too large: split it.`
  },
  UNAUTHORIZED: {
    retry: "no",
    sentence: "The relay does not know this device.",
    hint: `${SAFE} Add this device again from one that works.`
  },
  SESSION_EXPIRED: { retry: "session", sentence: "The session with the relay ended.", hint: "Blockwire asks for a new one by itself." },
  UNKNOWN_SPACE: {
    retry: "no",
    sentence: "The relay does not know this space.",
    hint: `${SAFE} Check that the relay runs with its old data, or set it up anew with a set-up link.`
  },
  BAD_TICKET: {
    retry: "no",
    sentence: "This set-up link was used already, or belongs to another relay.",
    hint: "Copy the link that the relay shows now."
  },
  BAD_SIGNATURE: {
    retry: "no",
    sentence: "The relay could not confirm that this request came from this device.",
    hint: `${SAFE} Add this device again from one that works.`
  },
  CLOCK_SKEW: {
    retry: "correct",
    sentence: "This device's clock differs from the relay's by more than five minutes.",
    hint: "Blockwire allows for it by itself; setting the clock right is still a good idea."
  },
  VERSION: {
    retry: "no",
    sentence: "The relay and this device speak different versions.",
    hint: `${SAFE} Update Blockwire here and on the relay.`
  },
  ORIGIN: {
    retry: "no",
    sentence: "The relay does not accept connections from this app or page.",
    hint: `${SAFE} Allow its origin in the relay's settings.`
  },
  RATE_LIMITED: { retry: "yes", sentence: "This device asked the relay too often.", hint: "Blockwire waits and tries again by itself." },
  SLOW_CONSUMER: { retry: "yes", sentence: "This device could not keep up with what the relay sent.", hint: "Blockwire reconnects and catches up by itself." },
  SPACE_FULL: {
    retry: "no",
    sentence: "This space has used up its room on the relay.",
    hint: `${SAFE} Make more room on the relay, or stop syncing large blocks.`
  },
  DISK_FULL: {
    retry: "yes",
    sentence: "The relay's disk is full.",
    hint: `${SAFE} Free some room on the relay's disk; Blockwire goes on by itself.`
  },
  SHUTTING_DOWN: { retry: "yes", sentence: "The relay is restarting.", hint: "Blockwire reconnects by itself." },
  INTERNAL: {
    retry: "yes",
    sentence: "The relay ran into an error of its own.",
    hint: `${SAFE} Blockwire tries again by itself; the relay's log says more.`
  }
};

// src/protocol/arbitraries.ts
import fc from "fast-check";
function identifiers() {
  return fc.uint8Array({ minLength: ID_BYTES, maxLength: ID_BYTES }).map((bytes2) => toHex(bytes2));
}
var integers = fc.oneof(fc.nat(300), fc.nat(Number.MAX_SAFE_INTEGER), fc.constant(Number.MAX_SAFE_INTEGER));
var lanes = fc.constantFrom("live", "bulk");
var blobs = fc.uint8Array({ maxLength: 300 });
var cursors = fc.record({ sequence: integers, digest: identifiers() });
var entries = fc.uniqueArray(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { maxLength: 6 }).chain(
  (sequences) => fc.tuple(...sequences.sort((a, b) => a - b).map((sequence) => blobs.map((bytes2) => ({ sequence, bytes: bytes2 }))))
);
var peers = fc.uniqueArray(fc.tuple(identifiers(), fc.boolean()), { maxLength: 6, selector: ([device]) => device }).map((devices) => ({
  connected: devices.map(([device]) => device),
  visible: devices.filter(([, visible]) => visible).map(([device]) => device)
}));
var results = fc.oneof(
  fc.record({ status: fc.constantFrom("stored", "duplicate"), lane: lanes, counter: integers, sequence: integers }),
  fc.record({ status: fc.constant("conflict"), lane: lanes, counter: integers }),
  fc.record({ status: fc.constant("gap"), lane: lanes, counter: integers, expected: integers })
);
var clientFrames = fc.oneof(
  fc.record({ type: fc.constant("open"), cursors: fc.array(cursors, { maxLength: 8 }), visible: fc.boolean() }),
  fc.record({ type: fc.constant("append"), entries: fc.array(blobs, { minLength: 1, maxLength: 6 }) }),
  fc.record({
    type: fc.constant("read"),
    request: integers,
    after: integers,
    compact: fc.boolean(),
    aliases: fc.option(fc.array(identifiers(), { maxLength: 64 }))
  }),
  fc.record({ type: fc.constant("lease"), alias: identifiers() }),
  fc.record({ type: fc.constant("confirm"), alias: identifiers(), sequence: integers }),
  fc.record({ type: fc.constant("presence"), bytes: blobs }),
  fc.record({ type: fc.constant("visible"), visible: fc.boolean() })
);
var relayFrames = fc.oneof(
  fc.record({
    type: fc.constant("welcome"),
    head: integers,
    match: integers,
    lanes: fc.tuple(
      fc.record({ lane: fc.constant("live"), counter: integers, digest: identifiers() }),
      fc.record({ lane: fc.constant("bulk"), counter: integers, digest: identifiers() })
    ),
    peers
  }),
  fc.record({ type: fc.constant("appended"), results: fc.array(results, { maxLength: 10 }) }),
  fc.record({ type: fc.constant("entries"), entries }),
  fc.record({ type: fc.constant("page"), request: integers, entries, through: fc.option(cursors), done: fc.boolean() }),
  fc.record({ type: fc.constant("leased"), alias: identifiers(), granted: fc.boolean() }),
  fc.record({ type: fc.constant("presence"), device: identifiers(), bytes: blobs }),
  fc.record({ type: fc.constant("peers"), peers }),
  fc.record({ type: fc.constant("error"), code: fc.constantFrom(...ERROR_CODES), message: fc.string({ unit: "grapheme", maxLength: 60 }) })
);
var headers = fc.record({
  kind: fc.constantFrom("update", "snapshot"),
  space: identifiers(),
  epoch: fc.nat(4294967295),
  device: identifiers(),
  lane: lanes,
  counter: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  previous: identifiers(),
  alias: identifiers(),
  covers: integers,
  parts: fc.integer({ min: 1, max: 1024 }),
  part: fc.nat(1023)
}).map((header) => ({
  ...header,
  suite: 1,
  covers: header.kind === "update" ? 0 : header.covers,
  part: header.part % header.parts
}));

// test/fuzz/mutation.ts
function diceOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = state + 1831565813 >>> 0;
    let t = Math.imul(state ^ state >>> 15, state | 1);
    t ^= t + Math.imul(t ^ t >>> 7, t | 61);
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  };
}
var below = (dice, limit2) => Math.floor(dice() * limit2);
var BORDERS = [0, 1, 2, 7, 8, 63, 64, 65, 72, 73, 127, 128, 129, 254, 255];
function mutateBytes(bytes2, other, dice) {
  let mutated = bytes2.slice();
  for (let left = 1 + below(dice, 4); left > 0; left--) {
    const at = below(dice, mutated.length + 1);
    const front = dice() < 0.8 ? Math.min(at, below(dice, 40)) : at;
    switch (below(dice, 8)) {
      case 0:
        if (front < mutated.length) mutated[front] = mutated[front] ^ 1 << below(dice, 8);
        break;
      case 1:
        if (front < mutated.length) mutated[front] = BORDERS[below(dice, BORDERS.length)];
        break;
      case 2:
        if (front < mutated.length) mutated[front] = below(dice, 256);
        break;
      case 3:
        mutated = mutated.slice(0, at);
        break;
      case 4: {
        const inserted = Uint8Array.from({ length: 1 + below(dice, 9) }, () => dice() < 0.5 ? 255 : below(dice, 256));
        mutated = joined(mutated.subarray(0, front), inserted, mutated.subarray(front));
        break;
      }
      case 5:
        mutated = joined(mutated.subarray(0, front), mutated.subarray(Math.min(mutated.length, front + 1 + below(dice, 20))));
        break;
      case 6: {
        const from = below(dice, other.length + 1);
        mutated = joined(mutated.subarray(0, front), other.subarray(from, from + below(dice, 60)), mutated.subarray(front));
        break;
      }
      default:
        mutated = joined(mutated, mutated.subarray(at, at + 100));
    }
  }
  return mutated;
}
var CHARACTERS = ["", '"', "\\", "{", "}", "[", ":", ",", "&", "=", "?", "#", "%", "%zz", "/", "//", "@", " ", "\n", "<", "-", "_", "+", "0", "9", "e308", "null", "__proto__", "\0", "\xFC", "\uD800", "\u{1F4A1}", "\u202E"];
function mutateText(text, other, dice) {
  let mutated = text;
  for (let left = 1 + below(dice, 4); left > 0; left--) {
    const at = below(dice, mutated.length + 1);
    switch (below(dice, 5)) {
      case 0:
        mutated = mutated.slice(0, at) + CHARACTERS[below(dice, CHARACTERS.length)] + mutated.slice(at + 1);
        break;
      case 1:
        mutated = mutated.slice(0, at) + String.fromCharCode(below(dice, 592)) + mutated.slice(at);
        break;
      case 2:
        mutated = mutated.slice(0, at);
        break;
      case 3:
        mutated = mutated.slice(0, at) + mutated.slice(at + 1 + below(dice, 10));
        break;
      default: {
        const from = below(dice, other.length + 1);
        mutated = mutated.slice(0, at) + other.slice(from, from + below(dice, 40)) + mutated.slice(at);
      }
    }
  }
  return mutated;
}
function joined(...pieces) {
  const bytes2 = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes2.set(piece, at);
    at += piece.length;
  }
  return bytes2;
}

// test/fuzz/targets.ts
var Finding = class extends Error {
  name = "Finding";
};
var SAMPLES = 300;
function target(decoder) {
  return {
    name: decoder.name,
    async run(runs, seed) {
      const dice = diceOf(seed);
      const pick = () => decoder.samples[Math.floor(dice() * decoder.samples.length)];
      let taken = 0;
      for (let i = 0; i < runs; i++) {
        const input = decoder.mutate(pick(), pick(), dice);
        try {
          const pending = decoder.decode(input);
          if (pending !== void 0) await pending;
          taken++;
        } catch (error) {
          if (error instanceof decoder.refuses) continue;
          throw new Finding(`${decoder.name}, seed ${seed}, input ${i}: ${String(error)}
${decoder.show(input)}`, { cause: error });
        }
      }
      return taken;
    }
  };
}
var sample = (arbitrary) => fc2.sample(arbitrary, { numRuns: SAMPLES, seed: 1 });
var bytes = (length) => fc2.uint8Array({ minLength: length, maxLength: length });
function ofBytes(name, samples, decode2) {
  return target({ name, samples, mutate: mutateBytes, show: toHex, decode: decode2, refuses: ProtocolError });
}
function ofSealed(name, samples, decode2) {
  return target({ name, samples, mutate: mutateBytes, show: toHex, decode: decode2, refuses: SealError });
}
function ofText(name, samples, decode2) {
  return target({ name, samples, mutate: mutateText, show: (input) => JSON.stringify(input), decode: decode2, refuses: ProtocolError });
}
function same(again, input) {
  if (again.length !== input.length || !again.every((byte, i) => byte === input[i])) throw new Error("decoded, but encodes to other bytes");
}
function equal(again, taken) {
  if (JSON.stringify(again) !== JSON.stringify(taken)) throw new Error("decoded, but does not survive encoding");
}
async function createTargets() {
  const key = new Uint8Array(32).fill(1);
  const signer = await nobleEd25519.signer(key);
  const gullible = { verify: async () => true };
  const constant = (length) => new Uint8Array(length).fill(9);
  const context = { spaceId: "11".repeat(16), deviceId: "22".repeat(16), epoch: 0 };
  const bodies = sample(fc2.uint8Array({ maxLength: 300 })).slice(0, 50);
  const encodedHeaders = sample(headers).map(encodeHeader);
  const entries2 = await Promise.all(bodies.map((body, i) => sealEntry(encodedHeaders[i], body, key, signer, constant)));
  const presences = await Promise.all(bodies.map((body) => sealPresence(context, body, key, signer, constant)));
  const founds = fc2.record({ ticket: bytes(16).map(toBase64Url), space: identifiers(), deviceKey: bytes(32), admissionKey: bytes(32), time: fc2.nat(), signature: bytes(64) });
  const joins = fc2.record({ space: identifiers(), deviceKey: bytes(32), time: fc2.nat(), signature: bytes(64), admission: bytes(64) });
  const sessions = fc2.record({ space: identifiers(), device: identifiers(), time: fc2.nat(), nonce: bytes(16), signature: bytes(64) });
  const relays = ["https://relay.example", "http://127.0.0.1:4600", "https://user:pw@host/", "https://a.b/c%20d", "http://[::1]:1/", "https://b\xFCcher.example/#x"];
  const links = sample(bytes(32)).flatMap((secret, i) => [
    formatLink({ type: "setup", ticket: toBase64Url(secret.subarray(16)), relay: "http://127.0.0.1:4600" }),
    formatLink({ type: "pairing", secret, epoch: i, epochSecret: i === 0 ? null : secret, relays: ["https://relay.example/a", "http://127.0.0.1:4600"].slice(i % 2) })
  ]);
  return [
    ofBytes("client frame", sample(clientFrames).map(encodeFrame), (input) => same(encodeFrame(decodeClientFrame(input)), input)),
    ofBytes("relay frame", sample(relayFrames).map(encodeFrame), (input) => same(encodeFrame(decodeRelayFrame(input)), input)),
    ofBytes("entry", entries2, (input) => {
      const parts = readEntry(input);
      same(encodeHeader(parts.header), parts.headerBytes);
      if (parts.signed.length + parts.signature.length !== input.length) throw new Error("bytes of an entry are missing");
    }),
    ofSealed("sealed entry", entries2, async (input) => void await openEntry(input, HEADER_BYTES, key, gullible)),
    ofSealed("sealed presence", presences, async (input) => void await openPresence(context, input, key, gullible)),
    ofSealed("padding", bodies.map(pad), (input) => same(pad(unpad(input)), input)),
    ofText("found request", sample(founds).map(encodeFound), (input) => equal(decodeFound(encodeFound(decodeFound(input))), decodeFound(input))),
    ofText("join request", sample(joins).map(encodeJoin), (input) => equal(decodeJoin(encodeJoin(decodeJoin(input))), decodeJoin(input))),
    ofText("session request", sample(sessions).map(encodeSession), (input) => equal(decodeSession(encodeSession(decodeSession(input))), decodeSession(input))),
    ofText("accepted answer", [encodeAnswer({ now: 17e11 })], (input) => void decodeAccepted(input)),
    ofText("session answer", sample(bytes(32)).map((token) => encodeAnswer({ token: toBase64Url(token), expiresIn: 864e5, now: 17e11 })), (input) => void decodeSessionAnswer(input)),
    ofText("error answer", [encodeAnswer({ code: "CLOCK_SKEW", message: "Why.", now: 17e11 })], (input) => void decodeErrorAnswer(input)),
    ofText("link", links, (input) => {
      const link = parseLink(input);
      equal(parseLink(formatLink(link)), link);
    }),
    ofText("relay address", relays, (input) => equal(parseRelayUrl(parseRelayUrl(input)), parseRelayUrl(input)))
  ];
}
export {
  Finding,
  createTargets
};
/*! Bundled license information:

@noble/curves/utils.js:
@noble/curves/abstract/modular.js:
@noble/curves/abstract/curve.js:
@noble/curves/abstract/edwards.js:
@noble/curves/ed25519.js:
  (*! noble-curves - MIT License (c) 2022 Paul Miller (paulmillr.com) *)

@noble/ciphers/utils.js:
  (*! noble-ciphers - MIT License (c) 2023 Paul Miller (paulmillr.com) *)
*/
