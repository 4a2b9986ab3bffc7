// The workbench's own JSON API.

/** The API refused or could not be reached; the message is a sentence for people. */
export class ApiFault extends Error {}

export const get = (path, query = {}) => {
  const asked = new URLSearchParams(Object.entries(query).filter(([, value]) => value));
  return call("GET", `${path}${asked.size ? `?${asked}` : ""}`);
};

export const send = (method, path, body) => call(method, path, body);

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(`/workbench/api${path}`, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiFault("The sandbox cannot be reached. Check that it still runs, then try again.");
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok || answer === null) {
    throw new ApiFault(answer?.error ?? `The sandbox answered ${response.status} without saying why.`);
  }
  return answer;
}
