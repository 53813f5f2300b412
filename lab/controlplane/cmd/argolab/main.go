// argolab: Argo CD's application controller and repo server only (no API server, UI, dex, notifications).
package main

import (
	"fmt"
	"os"
	"path/filepath"

	appcontroller "github.com/argoproj/argo-cd/v3/cmd/argocd-application-controller/commands"
	gitaskpass "github.com/argoproj/argo-cd/v3/cmd/argocd-git-ask-pass/commands"
	reposerver "github.com/argoproj/argo-cd/v3/cmd/argocd-repo-server/commands"
	"github.com/argoproj/argo-cd/v3/util/log"
	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"
	_ "k8s.io/client-go/plugin/pkg/client/auth"
	"k8s.io/klog/v2"

	"manuela.example/lab/controlplane/internal/memory"
)

func init() { klog.SetLogger(log.NewLogrusLogger(log.NewWithCurrentConfig())) }

func main() {
	name := filepath.Base(os.Args[0])
	if v := os.Getenv("ARGOCD_BINARY_NAME"); v != "" {
		name = v
	}
	var c *cobra.Command
	switch name {
	case "argocd-application-controller":
		logrus.AddHook(noMetricsHook{})
		c = appcontroller.NewCommand()
		if err := c.Flags().Set("metrics-port", noMetrics); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "argocd-repo-server":
		c = reposerver.NewCommand()
	case "argocd-git-ask-pass":
		c = gitaskpass.NewCommand()
	default:
		fmt.Fprintln(os.Stderr, "run me under one of the argocd-* names")
		os.Exit(2)
	}
	if name != "argocd-git-ask-pass" {
		memory.FastStart()
	}
	c.SilenceErrors, c.SilenceUsage = true, true
	if err := c.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
