// Spares the full page load: sends forms with fetch and puts the page that comes back in place of this one.
// Every form and link works without this file.

const PATIENCE_MS = 20_000;
const NOTICE_MS = 3_000;

const localTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Whether a page is on its way; a second form or step has to wait for it. */
let pending = false;

/** The page that is shown; its fragment does not matter. */
let shown = location.pathname + location.search;

/** Makes the part of the page that was just drawn ready for use. */
function prepare() {
  for (const time of document.querySelectorAll("time[datetime]")) {
    time.textContent = localTime.format(new Date(time.dateTime));
    time.title = time.dateTime;
  }
  for (const form of document.querySelectorAll("form[data-needs-name]")) updateButton(form);
  const notice = document.querySelector("[data-notice]");
  if (notice) setTimeout(() => notice.remove(), NOTICE_MS);
  // Reloading or bookmarking the page should not repeat the notice.
  const url = new URL(location.href);
  if (url.searchParams.has("notice")) {
    url.searchParams.delete("notice");
    history.replaceState(history.state, "", url);
    shown = url.pathname + url.search;
  }
}

/** The button is off while there is no name to send. */
function updateButton(form) {
  const button = form.querySelector("button[type=submit]");
  if (!form.dataset.busy) button.disabled = form.elements.name.value.trim() === "";
}

function announce(text) {
  const announcer = document.getElementById("announcer");
  announcer.textContent = "";
  // A screen reader only speaks about what changes.
  setTimeout(() => (announcer.textContent = text), 50);
}

/** Fetches a page; anything that is not one of ours is an error. */
async function load(url, options) {
  const response = await fetch(url, { ...options, signal: AbortSignal.timeout(PATIENCE_MS) });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!page.querySelector("main#main")) throw new Error(`no page came back, but status ${response.status}`);
  return { page, response };
}

/** Puts another page in place of this one. */
function show(page) {
  for (const part of ["header", "main"]) document.querySelector(part).replaceWith(page.querySelector(part));
  document.title = page.title;
  prepare();
}

/** Moves the focus to where work goes on (`then`, when nothing went wrong), and says what happened. */
function settle(then) {
  const fault = document.querySelector("[data-fault]");
  const field = document.querySelector("main [aria-invalid=true]");
  const notice = document.querySelector("[data-notice]");
  if (notice) announce(notice.textContent);
  const next = document.querySelector(then) ?? document.getElementById("items-heading");
  (field ?? fault ?? next ?? document.querySelector("main")).focus();
}

/** Says above the list, or above the form, that something did not work. Not as HTML: the texts are only texts. */
function complain(heading, advice) {
  const area = document.querySelector("[data-alerts]");
  if (!area) return;
  const alert = document.createElement("div");
  alert.className = "alert bad";
  alert.dataset.fault = "";
  alert.role = "alert";
  alert.tabIndex = -1;
  const strong = document.createElement("strong");
  strong.textContent = heading;
  const paragraphs = [strong, advice].map((content) => {
    const paragraph = document.createElement("p");
    paragraph.append(content);
    return paragraph;
  });
  alert.append(...paragraphs);
  area.replaceChildren(alert);
  alert.focus();
}

async function submit(form) {
  if (pending) return;
  pending = true;
  const button = form.querySelector("button[type=submit]");
  const label = button.textContent;
  const body = new URLSearchParams(new FormData(form));
  const inDialog = form.closest("dialog");
  form.dataset.busy = "yes";
  form.setAttribute("aria-busy", "true");
  button.disabled = true;
  button.textContent = button.dataset.busy;
  try {
    const { page, response } = await load(form.action, { method: "POST", body });
    show(page);
    if (response.redirected) remember(response.url);
    settle(form.dataset.then ?? "#name");
  } catch (error) {
    inDialog?.close();
    complain(
      "The form could not be sent",
      error instanceof TypeError
        ? "Check your connection and try again. What you typed is still here."
        : "No answer came. It may have worked all the same: look at the list before you send it again.",
    );
  } finally {
    pending = false;
    delete form.dataset.busy;
    form.removeAttribute("aria-busy");
    button.disabled = false;
    button.textContent = label;
  }
}

/** Puts the address of the page that is shown into the address bar, without the notice. */
function remember(address) {
  const url = new URL(address);
  url.searchParams.delete("notice");
  shown = url.pathname + url.search;
  if (url.href === location.href) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-swap]") || event.defaultPrevented) return;
  event.preventDefault();
  submit(form);
});

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-needs-name]")) updateButton(form);
});

document.addEventListener("click", (event) => {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const link = event.target.closest("a[data-delete]");
  const dialog = document.querySelector("dialog#confirm");
  if (link && plain && dialog?.showModal) {
    event.preventDefault();
    ask(dialog, link);
  } else if (event.target.closest("[data-close]") || event.target === dialog) {
    // A click on the dialog itself, not on what is in it, is one beside it.
    if (!pending) dialog.close();
  }
});

/** Asks whether to delete the item of a row. Closing the dialog gives the focus back to the link by itself. */
function ask(dialog, link) {
  const row = link.closest("li");
  const form = dialog.querySelector("form");
  form.action = link.href;
  const neighbour = row.nextElementSibling ?? row.previousElementSibling;
  form.dataset.then = neighbour ? `#${neighbour.id} [data-delete]` : "#items-heading";
  dialog.querySelector("#confirm-name").textContent = row.querySelector("h3").textContent;
  dialog.showModal();
}

addEventListener("popstate", async () => {
  const address = location.pathname + location.search;
  // The skip link moves within the page; what was typed must stay.
  if (address === shown) return;
  try {
    const { page } = await load(address);
    if (address !== location.pathname + location.search) return;
    shown = address;
    show(page);
    document.querySelector("main").focus();
  } catch {
    location.reload();
  }
});

// A page that the browser kept whole, with its buttons off, comes back as it was.
addEventListener("pageshow", (event) => {
  if (event.persisted) prepare();
});

prepare();
