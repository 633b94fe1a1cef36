// A plugin for clang-tidy, built by script/lint: the checks look at the declarations of the source and of our
// own headers, not at the 200,000 of the libraries', of which clang-tidy would not report anything. A file
// then takes 2 s instead of 7 s.
#include <clang/AST/ASTConsumer.h>
#include <clang/AST/ASTContext.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendPluginRegistry.h>

namespace {

class Scope : public clang::ASTConsumer {
 public:
  // What a precompiled header declares is not told here; it holds the libraries' alone.
  bool HandleTopLevelDecl(clang::DeclGroupRef group) override {
    for (clang::Decl* decl : group) {
      const auto& sources = decl->getASTContext().getSourceManager();
      if (!sources.isInSystemHeader(sources.getExpansionLoc(decl->getLocation()))) own_.push_back(decl);
    }
    return true;
  }
  void HandleTranslationUnit(clang::ASTContext& context) override { context.setTraversalScope(own_); }

 private:
  std::vector<clang::Decl*> own_;
};

class Action : public clang::PluginASTAction {
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance&, llvm::StringRef) override {
    return std::make_unique<Scope>();
  }
  bool ParseArgs(const clang::CompilerInstance&, const std::vector<std::string>&) override { return true; }
  ActionType getActionType() override { return AddBeforeMainAction; }
};

const clang::FrontendPluginRegistry::Add<Action> kRegistered("mcp-pve-scope", "check what is ours");

}  // namespace
