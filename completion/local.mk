# SPDX-License-Identifier: MIT

# The shells find them below each prefix that has programs of theirs.
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = %D%/bash/runstatd
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = %D%/zsh/_runstatd
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_fishcompletion_DATA = %D%/fish/runstatd.fish
if HAVE_DYGRAPHS
dist_bashcompletion_DATA += %D%/bash/runstat-view
dist_zshcompletion_DATA += %D%/zsh/_runstat-view
dist_fishcompletion_DATA += %D%/fish/runstat-view.fish
else
EXTRA_DIST += %D%/bash/runstat-view %D%/zsh/_runstat-view %D%/fish/runstat-view.fish
endif
