// What the recorder has to say beside its buttons: the notices that hold, and, read aloud once, what is new among them.

export class Notices {
  constructor(root) {
    this.notices = [...root.querySelectorAll("[data-notice]")];
    this.aloud = root.querySelector(".recorder-says");
    this.said = [];
  }

  /**
   * @param {Object<string, boolean>} holding  which notices hold.
   * @param {string} headline  what the recorder does, read aloud with them.
   * @param {string} words  the server's own, where it has refused something.
   */
  show(holding, headline, words) {
    const all = [headline];
    for (const notice of this.notices) {
      notice.hidden = !holding[notice.dataset.notice];
      const text = notice.querySelector("[data-words]") ?? notice;
      if (words && text.dataset.words) text.textContent = words;
      if (!notice.hidden) all.push(text.textContent.trim());
    }
    const news = all.filter((text) => text && !this.said.includes(text));
    if (news.length) this.aloud.textContent = news.join(" ");
    this.said = all;
  }
}
