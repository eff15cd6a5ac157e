"use strict";
// Security keys: on the log-in's second page, and on the own account.
(() => {
  const byId = (id) => document.getElementById(id);
  const has = typeof PublicKeyCredential === "function" && "parseRequestOptionsFromJSON" in PublicKeyCredential;

  async function asked(path, body) {
    const answer = await page.post(path, body);
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  }

  async function use() {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await asked("/login/passkey/challenge", {}));
    const credential = await navigator.credentials.get({ publicKey });
    return asked(`/login/passkey${location.search}`, credential.toJSON());
  }

  async function add() {
    const present = byId("passkey-present").value;
    const options = await asked("/account/passkeys/challenge", { present });
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const credential = await navigator.credentials.create({ publicKey });
    return asked("/account/passkeys", credential.toJSON());
  }

  function lead(work) {
    return async (event) => {
      event.preventDefault();
      byId("passkey-fault").hidden = true;
      try {
        location.assign((await work()).way);
      } catch {
        byId("passkey-fault").hidden = false;
      }
    };
  }

  byId("passkey-use")?.addEventListener("click", lead(use));
  if (!has) {
    byId("passkeys")?.remove();
    return;
  }
  byId("passkey-add")?.addEventListener("submit", lead(add));
  byId("passkey-remove")?.addEventListener("click", lead(() => asked("/account/passkeys/removal", {})));
})();
