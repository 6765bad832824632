"use strict";
// Texts of a scene are only ever set as text: nothing in them is taken for a part of the page.

const WORDS = {
  drawing: "drawing…",
  rendering: "the film is to come",
  ready: "",
  mistaken: "has mistakes",
  failed: "failed",
};
const KEY = /^(\s*(?:- +)*)([A-Za-z_][\w ]*)(:)(?=\s|$)/;

const part = (id) => document.getElementById(id);
const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)");

let version = -1; // of what is known
let overview = null;
let scene = null; // that is shown
let progress = {};
let chosen = null; // the name of a picture, where the reader wants that one
let listed = null; // the scene that the list was scrolled to
let staged = ""; // the address of the picture on the stage
let isAsking = false;
let wanted = false;

function made(kind, className, text) {
  const element = document.createElement(kind);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

// What is new

async function asked(path) {
  const answer = await fetch(path);
  return answer.ok ? answer.json() : null;
}

async function refresh() {
  if (isAsking) {
    wanted = true;
    return;
  }
  isAsking = true;
  try {
    do {
      wanted = false;
      overview = await asked("/state");
      version = overview.version;
      const key = keyShown();
      const known = overview.scenes.find((it) => it.key === key);
      if (!known) scene = null;
      else if (!scene || scene.key !== key || scene.changed !== known.changed) {
        if (!scene || scene.key !== key) chosen = null;
        scene = await asked(`/scene/${key}`);
      }
      show();
    } while (wanted);
  } catch {
    wanted = false; // the server is gone: the events say so
  } finally {
    isAsking = false;
  }
}

function keyShown() {
  const named = decodeURIComponent(location.hash.slice(1));
  const scenes = overview.scenes;
  const wished = scenes.find((it) => it.name === named);
  if (wished) return wished.key;
  const newest = scenes.reduce((a, b) => (a && a.saved >= b.saved ? a : b), null);
  return newest ? newest.key : null;
}

function listen() {
  const link = part("link");
  const events = new EventSource("/events");
  events.onopen = () => {
    link.className = "live";
    link.textContent = "live";
  };
  events.onmessage = (event) => {
    const news = JSON.parse(event.data);
    progress = news.progress;
    if (news.version !== version) refresh();
    else showProgress();
  };
  events.onerror = () => {
    link.className = "over";
    link.textContent = "visualize watch has ended";
    version = -1;
  };
}

// What is shown

function show() {
  showPlace();
  showScenes();
  part("name").textContent = scene ? scene.name : "";
  showPictures();
  showProgress();
  showTexts("warnings", scene ? scene.warnings : []);
  showMistakes();
  showText();
  document.body.dataset.version = overview.version;
  document.body.dataset.status = scene ? scene.status : "";
}

function showPlace() {
  const missing = overview.missing;
  const places = overview.places.join(", ");
  part("place").textContent = missing.length ? `${missing.join(", ")} is not there: waiting` : places;
  document.title = scene ? `${scene.name} · visualize` : `${places} · visualize`;
  part("nothing").textContent = overview.scenes.length
    ? "Nothing is drawn yet."
    : "There are no scenes yet.";
}

function showScenes() {
  const list = part("scenes");
  list.hidden = overview.scenes.length < 2;
  const follows = !overview.scenes.some((it) => `#${encodeURIComponent(it.name)}` === location.hash);
  const newest = made("a", "newest", "The scene saved last");
  newest.href = "#";
  if (follows) newest.setAttribute("aria-current", "true");
  const rows = overview.scenes.map((it) => {
    const row = made("a", it.status);
    row.href = `#${encodeURIComponent(it.name)}`;
    const isShown = scene && it.key === scene.key;
    if (isShown) row.setAttribute("aria-current", follows ? "true" : "page");
    const thumb = made(it.still ? "img" : "span", "thumb");
    if (it.still) {
      thumb.src = it.still;
      thumb.alt = "";
      thumb.loading = "lazy";
    }
    const words = it.mistakes > 1 ? `${it.mistakes} mistakes` : WORDS[it.status];
    row.append(thumb, made("span", "scene", it.name), made("small", "", words));
    return row;
  });
  const scrolled = [list.scrollLeft, list.scrollTop];
  list.replaceChildren(newest, ...rows);
  [list.scrollLeft, list.scrollTop] = scrolled;
  const current = scene && rows.find((row) => row.hasAttribute("aria-current"));
  if (current && scene.key !== listed) {
    list.scrollTo(
      current.offsetLeft - list.offsetLeft - 12,
      Math.max(current.offsetTop - list.offsetTop - list.clientHeight / 2, 0),
    );
  }
  listed = scene ? scene.key : null;
}

function showPictures() {
  const pictures = scene ? scene.pictures : [];
  const still = pictures.find((it) => it.is_still);
  const newest = isCalm.matches && still ? still : pictures.at(-1);
  const shown = pictures.find((it) => it.name === chosen) || newest;
  part("kinds").replaceChildren(
    ...(pictures.length > 1 ? pictures : []).map((it) => {
      const button = made("button", "", label(it, pictures));
      button.type = "button";
      button.setAttribute("aria-pressed", String(it === shown));
      button.onclick = () => {
        chosen = it === newest ? null : it.name;
        showPictures();
      };
      return button;
    }),
  );
  part("stage").classList.toggle("old", Boolean(shown) && ["mistaken", "failed"].includes(scene.status));
  stage(shown);
}

function label(picture, pictures) {
  const ending = picture.name.split(".").at(-1);
  const same = pictures.filter((it) => it.name.endsWith(`.${ending}`));
  if (same.length > 1) return picture.name;
  return picture.is_still ? "still" : ending;
}

function stage(picture) {
  const address = picture ? picture.url : "";
  if (address === staged) return;
  staged = address;
  const place = part("stage");
  if (!picture) {
    part("nothing").hidden = false;
    place.replaceChildren(part("nothing"));
    return;
  }
  const nothing = part("nothing");
  const element = made(picture.is_film ? "video" : "img");
  const put = () => {
    if (staged !== address) return;
    place.replaceChildren(element);
    if (nothing) {
      nothing.hidden = true;
      document.body.append(nothing);
    }
  };
  if (picture.is_film) {
    const still = isCalm.matches;
    Object.assign(element, { muted: true, loop: true, autoplay: !still, controls: still });
    element.playsInline = true;
    element.tabIndex = 0;
    // They would lie over the axis: they come with a hand on them.
    const control = () => (element.controls = true);
    for (const hand of ["pointerenter", "pointerdown", "focus"]) element.addEventListener(hand, control);
    element.addEventListener("pointerleave", () => (element.controls = still));
    element.setAttribute("aria-label", picture.name);
    element.onloadeddata = put; // the picture before stays until then
  } else {
    element.alt = picture.name;
    element.onload = put;
  }
  element.src = address;
}

function showProgress() {
  const bar = part("progress");
  const status = part("status");
  const now = scene ? progress[scene.key] : null;
  const isDrawn = now && ["drawing", "rendering"].includes(scene.status);
  bar.hidden = !isDrawn;
  if (isDrawn) bar.value = now[2] ? now[1] / now[2] : 0;
  status.className = scene ? scene.status : "";
  const words = scene ? WORDS[scene.status] : "";
  const what = isDrawn && now[0] ? `${now[0]} is being drawn` : "its runs are computed";
  status.textContent = isDrawn ? what : words;
}

function showTexts(id, texts) {
  part(id).replaceChildren(...texts.map((text) => made("li", "", text)));
}

function said(mistake) {
  return [mistake.file, mistake.setting, mistake.message].filter(Boolean).join(": ");
}

function showMistakes() {
  const unplaced = scene ? scene.mistakes.filter((it) => !it.line).map(said) : [];
  showTexts("mistakes", [...(scene ? scene.words : []), ...unplaced]);
}

function showText() {
  const box = part("text");
  box.parentElement.hidden = !scene;
  if (!scene) return;
  const lines = scene.text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  const rows = [];
  lines.forEach((text, index) => {
    const mistakes = scene.mistakes.filter((it) => it.line === index + 1);
    const row = made("span", mistakes.length ? "line wrong" : "line");
    row.append(...(mistakes.length ? marked(text, mistakes) : coloured(text)));
    rows.push(row, ...mistakes.map((it) => made("span", "note", said(it))));
  });
  const beyond = scene.mistakes.filter((it) => it.line > lines.length);
  rows.push(...beyond.map((it) => made("span", "note", said(it))));
  box.replaceChildren(...rows);
  const first = box.querySelector(".wrong");
  if (first && scene.status === "mistaken") first.scrollIntoView({ block: "nearest" });
}

function marked(text, mistakes) {
  const letters = Array.from(text); // columns count letters, not halves of them
  const pieces = [];
  let at = 0;
  for (const it of [...mistakes].sort((a, b) => a.column - b.column)) {
    const from = Math.min(Math.max(it.column - 1, at), letters.length);
    const to = Math.min(Math.max(from + it.length, from), letters.length);
    pieces.push(letters.slice(at, from).join(""), made("mark", "", letters.slice(from, to).join("")));
    at = to;
  }
  pieces.push(letters.slice(at).join(""));
  return pieces;
}

function coloured(text) {
  const key = KEY.exec(text);
  const pieces = [];
  let rest = text;
  if (key) {
    pieces.push(key[1], made("span", "key", key[2]), key[3]);
    rest = text.slice(key[0].length);
  }
  const comment = /(^|\s)#.*$/.exec(rest);
  if (!comment) return [...pieces, rest];
  const from = comment.index + comment[1].length;
  return [...pieces, rest.slice(0, from), made("span", "comment", rest.slice(from))];
}

window.addEventListener("hashchange", refresh);
listen();
