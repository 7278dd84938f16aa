/**
 * `/api`: the documentation of the API, made from the schemas that check it.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import { z } from "zod";
import { type JsonSchema, typeWords } from "../../../core/run/json_schema.ts";
import type { Routes } from "../context.ts";
import { Layout } from "../parts/layout.tsx";
import type { Endpoint } from "./endpoint.ts";
import { latentEndpoints } from "./latents.ts";
import { liveEndpoints } from "./live.ts";
import { runEndpoints } from "./runs.ts";

/** Every endpoint of the API: add yours here. */
const endpoints: readonly Endpoint[] = [
  ...runEndpoints,
  ...latentEndpoints,
  ...liveEndpoints,
];

/** `/api`. */
export const apiDocs: Routes = (app, { files }) => {
  app.get("/api", (c) =>
    c.html(
      <Layout files={files} title="API">
        <div class="heading">
          <h1>API</h1>
          <p class="lead">
            What the pages show, as JSON, for a notebook. Errors are{" "}
            <code>{`{ "error": "…" }`}</code>{" "}
            with the status that fits: 400 for a query that is not understood,
            404 for what does not exist. Links stay the same as long as runs
            keep their names.
          </p>
        </div>
        <pre class="card code"><code>{example(new URL(c.req.url).origin)}</code></pre>
        {endpoints.map((endpoint) => <EndpointCard endpoint={endpoint} />)}
      </Layout>,
    ));
};

const example = (origin: string): string =>
  `import json, urllib.request
def get(path):
    return json.load(urllib.request.urlopen("${origin}" + path))

run = next(run for run in get("/api/runs")["runs"] if run["indexed"])
page = get(run["links"]["latents"] + "?sort=density&order=desc&limit=10&top=4")
for latent in page["latents"]:
    print(latent["latent"], latent["values"]["density"])`;

function EndpointCard({ endpoint }: { endpoint: Endpoint }): JSX.Element {
  const { method = "GET", path, summary, query, free = {}, body, answer } =
    endpoint;
  const asked = z.toJSONSchema(query, { io: "input" }) as JsonSchema;
  const answered = z.toJSONSchema(answer) as JsonSchema;
  const rows = [
    ...Object.entries(asked.properties ?? {}).map(([name, node]) =>
      [name, node.description ?? "", shownDefault(node)] as const
    ),
    ...Object.entries(free).map(([name, text]) => [name, text, ""] as const),
  ];
  return (
    <section class="card endpoint">
      <h2>
        <span class="method">{method}</span> <code>{path}</code>
      </h2>
      <p>{summary}.</p>
      {rows.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>Query</th>
              <th>Meaning</th>
              <th>Default</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, text, usual]) => (
              <tr>
                <td>
                  <code>{name}</code>
                </td>
                <td>{text}</td>
                <td>
                  <code>{usual}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {body && (
        <details>
          <summary>Body, as JSON</summary>
          <Fields node={z.toJSONSchema(body, { io: "input" }) as JsonSchema} />
        </details>
      )}
      <details>
        <summary>Answer</summary>
        <Fields node={answered} />
      </details>
    </section>
  );
}

function shownDefault({ default: usual }: JsonSchema): string {
  return usual === undefined || usual === "" ? "" : String(usual);
}

function Fields({ node }: { node: JsonSchema }): JSX.Element | null {
  const inner = typeof node.items === "object" ? node.items : node;
  const entries = Object.entries(inner.properties ?? {});
  if (entries.length === 0) return null;
  return (
    <ul class="fields">
      {entries.map(([name, field]) => (
        <li>
          <code>{name}</code> <span class="quiet">{typeWords(field)}</span>
          {field.description && ` ${field.description}`}
          <Fields node={field} />
        </li>
      ))}
    </ul>
  );
}
