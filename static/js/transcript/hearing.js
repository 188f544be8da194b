// Hearing a stretch of sound: from its start to its end, and no further.

const nothing = () => {};
let stop = nothing;

// Plays from `start` to `end`, unless the reader goes elsewhere meanwhile; what was being heard so is given up.
export function hear(player, start, end) {
  stop();
  const watch = () => {
    if (player.ms < end) return;
    stop();
    player.audio.pause();
  };
  const elsewhere = () => Math.abs(player.ms - start) > 300 && stop();
  stop = () => {
    player.removeEventListener("time", watch);
    player.audio.removeEventListener("seeking", elsewhere);
    stop = nothing;
  };
  player.seek(start, { play: true });
  player.addEventListener("time", watch);
  player.audio.addEventListener("seeking", elsewhere);
}

// Stops what `hear` began, if it still sounds.
export function hush(player) {
  if (stop === nothing) return;
  stop();
  player.audio.pause();
}
