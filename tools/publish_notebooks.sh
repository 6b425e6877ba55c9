#!/usr/bin/env bash
# Replace the branch `colab` of a repository by the notebooks that a folder holds: one
# commit, without history. Colab opens files of a repository, not of a site.
#
#     tools/publish_notebooks.sh FOLDER REPOSITORY NAME-OF-THE-BUILD
#
# With TOKEN in the environment, git shows it to the repository.
set -euo pipefail
folder=$1 repository=$2 build=$3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$folder/." "$work"
cd "$work"
test -n "$(ls -- *.ipynb)" # an empty folder would empty the branch

git init --quiet --initial-branch colab
git config user.name "github-actions[bot]"
git config user.email "41898282+github-actions[bot]@users.noreply.github.com"
git add .
git commit --quiet --message "Notebooks of $build, for Colab"
if [ -n "${TOKEN:-}" ]; then
  authorization=$(printf 'x-access-token:%s' "$TOKEN" | base64 | tr -d '\n')
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraheader
  export GIT_CONFIG_VALUE_0="Authorization: Basic $authorization"
fi
git push --quiet --force "$repository" colab
