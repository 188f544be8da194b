// The token for recording with another program, put into the command that it is for.

export function programs(root) {
  root.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-act=token]");
    if (!button) return;
    const command = document.getElementById("live-command");
    const said = document.getElementById("live-token-said");
    try {
      const answer = await fetch(button.dataset.url, { method: "POST", headers: { Accept: "application/json", ...JSON.parse(document.body.getAttribute("hx-headers")) } });
      const { token } = await answer.json();
      command.textContent = command.textContent.replace(/TOKEN=\S+/, `TOKEN=${token}`);
      said.textContent = "";
    } catch {
      said.textContent = button.dataset.failed;
    }
  });
}
