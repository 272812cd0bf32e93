/* Checks a signed code with what stands in this page alone. The form of a token: gongjia/kernel/statements.py. */
"use strict";
const at = (id) => document.getElementById(id);
const DAY = /^\d{4}-\d{2}-\d{2}$/;

function bytesOf(token) {
  if (!/^[A-Za-z0-9_-]+$/.test(token) || token.length % 4 === 1) throw new Error("spelling");
  const plain = atob(token.replace(/-/g, "+").replace(/_/g, "/"));
  const raw = Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  if (textOf(raw) !== token) throw new Error("spelling");
  return raw;
}

function textOf(raw) {
  let plain = "";
  raw.forEach((byte) => (plain += String.fromCharCode(byte)));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function tokenIn(text) {
  const joined = text.replace(/\s+/g, "");
  const found = joined.lastIndexOf(KNOWN.mark);
  return found < 0 ? joined : joined.slice(found + KNOWN.mark.length).replace(/^\/+|\/+$/g, "");
}

/* The statement of a genuine token; throws for everything else. */
async function read(token) {
  const raw = bytesOf(token);
  const before = raw.slice(0, -64);
  const key = KNOWN.keys[before[1] * 256 + before[2]];
  if (before.length < 4 || before[0] !== KNOWN.version || !key) throw new Error("not ours");
  const domain = new TextEncoder().encode(KNOWN.domain);
  const message = new Uint8Array(domain.length + before.length);
  message.set(domain);
  message.set(before, domain.length);
  if (!(await verifyAsync(raw.slice(-64), message, bytesOf(key), { zip215: false }))) throw new Error("not ours");
  const parts = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(before.slice(3)));
  const kind = KNOWN.kinds[parts[0]];
  if (!kind || !DAY.test(parts[2])) throw new Error("unknown");
  return { kind: kind, issued: parts[2], until: parts[3], facts: parts[4] };
}

/* Today in Shanghai, by this device's clock. */
function today() {
  return new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10);
}

function words(day) {
  const parts = day.split("-").map(Number);
  return `${parts[0]}年${parts[1]}月${parts[2]}日`;
}

function line(list, zh, text) {
  const term = document.createElement("dt");
  const said = document.createElement("dd");
  term.textContent = zh;
  said.textContent = text;
  list.append(term, said);
}

function show(tone, title, why, statement) {
  const box = at("answer");
  box.className = tone;
  box.hidden = false;
  at("title").textContent = title;
  at("why").textContent = why;
  const list = at("facts");
  list.textContent = "";
  if (statement) {
    Object.entries(statement.kind.facts).forEach(([code, zh]) => {
      const text = String(statement.facts[code] || "");
      if (text) line(list, zh, DAY.test(text) ? words(text) : text);
    });
    line(list, "签发日期", words(statement.issued));
    if (statement.until) line(list, "有效期到", words(statement.until));
  }
  box.focus();
}

async function check(text) {
  const token = tokenIn(text);
  if (!token) return show("bad", "还没有内容", "请把二维码里的文字粘贴到上面的框里。");
  let statement;
  try {
    statement = await read(token);
  } catch (error) {
    return show("bad", "核验不通过", "这不是本平台签发的内容，或者没有复制完整。请整段重新复制，或者请对方重新出示。");
  }
  const until = statement.until;
  if (until && today() > until) {
    return show("warn", `${statement.kind.zh}已经过期`, "签名是真的，但有效期已过。请对方打开平台，出示新的。", statement);
  }
  const limit = until ? `签名有效到${words(until)}。` : "";
  show("good", `${statement.kind.zh}核验通过`, `${limit}这里没有联网，签发以后有没有作废，要联网才知道。`, statement);
}

async function readPicture(file) {
  const codes = await new BarcodeDetector({ formats: ["qr_code"] }).detect(await createImageBitmap(file));
  if (!codes.length) return show("bad", "图片里没有认出二维码", "请拍清楚一些，或者把二维码里的文字粘贴进来。");
  at("code").value = codes[0].rawValue;
  return check(codes[0].rawValue);
}

at("form").addEventListener("submit", (event) => {
  event.preventDefault();
  check(at("code").value);
});
if (!(globalThis.crypto && crypto.subtle && globalThis.BigInt)) {
  at("cannot").hidden = false;
  at("press").disabled = true;
} else if ("BarcodeDetector" in globalThis) {
  at("picture").hidden = false;
  at("file").addEventListener("change", () => {
    if (at("file").files.length) readPicture(at("file").files[0]).catch(() => show("bad", "图片读不出来", "请换一张图片。"));
  });
}
if (location.hash.length > 1) {
  at("code").value = location.hash.slice(1);
  check(at("code").value);
}
