// Clips of a voice: links to a stretch of sound that play in place, one at a time. Without this they open the sound.

const audio = new Audio();
let clip = null;

function mark(playing) {
  clip?.classList.toggle("playing", playing);
  clip?.setAttribute("aria-pressed", String(playing));
}

function stop() {
  audio.pause();
  mark(false);
  clip = null;
}

async function play(link) {
  stop();
  document.querySelector(".clip-error")?.replaceChildren();
  clip = link;
  audio.src = link.href; // its fragment says from where to where
  mark(true);
  try {
    await audio.play();
  } catch (error) {
    if (error.name === "AbortError") return; // another clip was chosen meanwhile
    mark(false);
    const line = document.querySelector(".clip-error");
    if (line) line.textContent = line.dataset.text;
  }
}

for (const name of ["pause", "ended"]) {
  audio.addEventListener(name, () => mark(false));
}
audio.addEventListener("playing", () => mark(true));

for (const link of document.querySelectorAll("a.voice-clip")) {
  link.role = "button";
  link.setAttribute("aria-pressed", "false");
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.voice-clip");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link === clip && !audio.paused) stop();
  else play(link);
});

document.addEventListener("keydown", (event) => {
  if (event.key === " " && event.target.matches("a.voice-clip")) {
    event.preventDefault();
    event.target.click();
  }
});
