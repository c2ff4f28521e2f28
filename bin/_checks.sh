# Run by bin/test with PostgreSQL and Redis up: the checks, then pytest; every one runs, the failed ones are named at the end.
set -uo pipefail

failed=()

check() {
    local name="$1" began=$SECONDS
    shift
    echo "── $name"
    "$@" || failed+=("$name")
    echo "   $((SECONDS - began)) s"
}

sources=(crp references materials requests_app metrics)

if [ $# -eq 0 ]; then
    check "ruff" ruff check .
    check "ruff format" ruff format --check --output-format concise .
    check "djade" bash -c 'git ls-files -z "templates/*.html" | xargs -0 --no-run-if-empty djade --check --target-version 5.2'
    check "import floors" lint-imports --no-cache
    check "deptry" deptry "${sources[@]}"
    check "types" mypy
    check "migrations" python manage.py makemigrations --check --dry-run
    set -- tests
fi

check "tests" pytest -n "${WORKERS:-2}" --dist loadscope --no-loadscope-reorder "$@"

if [ ${#failed[@]} -gt 0 ]; then
    echo "Failed: ${failed[*]}" >&2
    exit 1
fi
