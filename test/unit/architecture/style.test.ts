import assert from "node:assert/strict";
import ts from "typescript";
import { placeOf, productFiles, type SourceFile, sourceFiles, walk } from "./tree.ts";

const fileLinesMax = 250;
const functionLinesMax = 70;

/** Places where `isOffence` holds. */
const places = (files: readonly SourceFile[], isOffence: (node: ts.Node, file: SourceFile) => boolean): string[] =>
  files.flatMap((file) => {
    const found: string[] = [];
    walk(file.source, (node) => {
      if (isOffence(node, file)) found.push(placeOf(file, node));
    });
    return found;
  });

describe("style", () => {
  it(`no file is over ${fileLinesMax} lines`, () => {
    const long = sourceFiles.filter(({ lines }) => lines > fileLinesMax);
    assert.deepEqual(
      long.map(({ path, lines }) => `${path}: ${lines}`),
      [],
    );
  });

  it(`no function is over ${functionLinesMax} lines`, () => {
    const isLong = (node: ts.Node, { source }: SourceFile): boolean => {
      if (!ts.isFunctionLike(node)) return false;
      const line = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
      return line(node.getEnd()) - line(node.getStart()) >= functionLinesMax;
    };
    assert.deepEqual(places(productFiles, isLong), []);
  });

  it("there are no default exports", () => {
    const isDefault = (node: ts.Node): boolean =>
      ts.isExportAssignment(node) || (node.kind === ts.SyntaxKind.DefaultKeyword && ts.isModifier(node));
    assert.deepEqual(places(sourceFiles, isDefault), []);
  });

  it("there are no barrel files: nothing is exported from elsewhere", () => {
    assert.deepEqual(
      places(
        productFiles,
        (node) => ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && !node.isTypeOnly,
      ),
      [],
    );
  });

  it("no folder is named for nothing in particular", () => {
    const empty = /(^|\/)((utils?|helpers?|managers?|services?|common|misc)\/|(utils?|helpers?|misc)\.ts$)/;
    assert.deepEqual(
      sourceFiles.map(({ path }) => path).filter((path) => empty.test(path)),
      [],
    );
  });

  it("no test is skipped, alone or without a body", () => {
    const tests = sourceFiles.filter(({ path }) => path.endsWith(".test.ts"));
    const names = new Set(["it", "describe", "before", "after", "beforeEach", "afterEach", "test", "context"]);
    const isSkipped = (node: ts.Node): boolean => {
      if (!ts.isCallExpression(node)) return false;
      const called = node.expression;
      if (ts.isPropertyAccessExpression(called)) {
        const isMocha = names.has(called.expression.getText()) || called.expression.kind === ts.SyntaxKind.ThisKeyword;
        return isMocha && ["skip", "only"].includes(called.name.text);
      }
      if (!ts.isIdentifier(called)) return false;
      return (
        ["xit", "xdescribe", "xcontext"].includes(called.text) || (called.text === "it" && node.arguments.length < 2)
      );
    };
    assert.deepEqual(places(tests, isSkipped), []);
  });
});
